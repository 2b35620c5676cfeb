// Generates requests with strings that are the worst case for a pattern or a parser. The routes are read from the
// OpenAPI document, so new routes are included. The strings are sent in each parameter of each route, and in each
// outermost field of a JSON body, except numbers and booleans. Headers get only the strings of ASCII characters.

interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maxLength?: number;
}

interface Operation {
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly {
    readonly in: "path" | "query" | "header";
    readonly name: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

type Values = Readonly<Record<string, unknown>>;

export interface WorstRequest {
  /** The title of the request: the route, the field and the string. */
  readonly what: string;
  readonly method: string;
  /** The path from the root, with the query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export interface WorstRequestsOptions {
  readonly document: ApiDocument;
  /** Returns the header with the credential for a route. `scheme` is the route's first security scheme, if any. */
  readonly credential: (scheme: string | undefined, method: string) => Readonly<Record<string, string>>;
  /**
   * If true, each field gets only a part of the strings: the strings in `worstOfAll`, and a third
   * of the others. Successive routes get different thirds. The tests set `isShort`, the benchmark
   * does not.
   */
  readonly isShort?: boolean;
  /**
   * Maps the name of a field to a function that returns a valid value for an HTTP method. All fields
   * except the tested one get valid values, so that the server reads the tested field, too. A field
   * that is not in the map gets a plain value that fits its schema.
   */
  readonly samples: Readonly<Record<string, (method: string) => unknown>>;
}

/**
 * The maximum length of a string after encoding. In a path or a query, the string is percent-encoded;
 * in a body, it is encoded as JSON; in a header, it is not encoded. Bodies and URLs with more than
 * 64 KiB would be refused before a route reads them.
 */
const encodedMax = 60_000;

const filled = (text: string, characters: number): string =>
  text.repeat(Math.ceil(characters / text.length)).slice(0, characters);

/**
 * Makes strings of at least 7 characters (a smaller number can throw a RangeError). Each string is
 * the worst case for a pattern, a parser or a Unicode normalization.
 */
const worstTexts: Readonly<Record<string, (characters: number) => string>> = {
  letters: (characters) => filled("a", characters),
  digits: (characters) => filled("1", characters),
  "dots between two at signs": (characters) => `a@${filled(".", characters - 3)}@`,
  "dotted digits": (characters) => filled("1.", characters),
  blanks: (characters) => `a${filled(" ", characters - 2)}!`,
  "blanks after a unit": (characters) => `bytes=${filled(" ", characters - 7)}x`,
  punctuation: (characters) => `a${filled("!", characters - 2)}a`,
  quotes: (characters) => filled('"', characters),
  backslashes: (characters) => filled("\\", characters),
  brackets: (characters) => filled("[", characters),
  commas: (characters) => filled(",", characters),
  slashes: (characters) => filled("a/", characters),
  percent: (characters) => filled("%", characters),
  words: (characters) => filled("no more ", characters),
  lines: (characters) => filled("\n", characters),
  accents: (characters) => filled("e\u0301\u0323\u0302", characters),
  ligatures: (characters) => filled("\ufdfa", characters),
  families: (characters) => filled("👨‍👩‍👧", characters),
};

/**
 * Returns a string of `charactersMax` characters, or a shorter string if `encode` would make it longer than
 * `encodedMax` bytes. The encoded shorter string has about `encodedMax` bytes.
 */
function fitting(
  textOf: (characters: number) => string,
  encode: (text: string) => string,
  charactersMax = encodedMax,
): string {
  const text = textOf(charactersMax).toWellFormed();
  const encoded = Buffer.byteLength(encode(text));
  if (encoded <= encodedMax) return text;
  return textOf(Math.floor((charactersMax * encodedMax) / encoded)).toWellFormed();
}

const worstOfAll: ReadonlySet<string> = new Set(["dots between two at signs", "blanks after a unit"]);

/** Bodies that are JSON or almost JSON. */
const worstBodies: Readonly<Record<string, string>> = {
  "nested lists": filled("[", encodedMax),
  "nested objects": filled('{"a":', encodedMax),
  "well nested": `${filled("[", 30_000)}${filled("]", 30_000)}`,
  "unknown fields": JSON.stringify(
    Object.fromEntries(Array.from({ length: 4_500 }, (_, at) => [`field${at}`, 1])),
  ),
  "a long unknown field": JSON.stringify({ [filled("a", encodedMax)]: 1 }),
  "many values": `[${filled("{},", encodedMax)}{}]`,
  digits: filled("1", encodedMax),
  escapes: `"${filled("\\u0000", encodedMax)}"`,
};

export function* worstRequests(options: WorstRequestsOptions): Generator<WorstRequest> {
  let turn = 0;
  for (const [path, operations] of Object.entries(options.document.paths)) {
    for (const [method, operation] of Object.entries(operations))
      yield* ofOperation(options, path, method.toUpperCase(), operation, turn++);
  }
}

function* ofOperation(
  { document, credential, samples, isShort = false }: WorstRequestsOptions,
  path: string,
  method: string,
  operation: Operation,
  turn: number,
): Generator<WorstRequest> {
  const [security = {}] = operation.security ?? [];
  const opened = credential(Object.keys(security)[0], method);
  const { parameters = [] } = operation;
  const sampleOf = (name: string, schema: Schema): unknown =>
    samples[name]?.(method) ?? plainOf(resolved(document, schema));
  const at = (changed: Values = {}): string => {
    const filledIn = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(String(changed[name] ?? sampleOf(name, {}))),
    );
    const query = parameters
      .filter(({ in: where, name, required }) => where === "query" && (required || name in changed))
      .map(
        ({ name, schema }) =>
          `${name}=${encodeURIComponent(String(changed[name] ?? sampleOf(name, schema)))}`,
      );
    return query.length === 0 ? filledIn : `${filledIn}?${query.join("&")}`;
  };
  const route = `${method} ${path}`;

  const content = Object.entries(operation.requestBody?.content ?? {})[0];
  const [type, given] = content ?? ["", undefined];
  const schema = given && type === "application/json" ? resolved(document, given.schema) : {};
  const good = type === "application/json" ? goodBody(schema, sampleOf) : undefined;
  const json = { ...opened, "content-type": "application/json" };
  const send = {
    method,
    path: at(),
    ...(good === undefined ? { headers: opened } : { headers: json, body: JSON.stringify(good) }),
  };

  const isAsked = (name: string, index: number): boolean =>
    !isShort || worstOfAll.has(name) || (index + turn) % 3 === 0;
  for (const [name, textOf] of Object.entries(worstTexts).filter(([text], index) => isAsked(text, index))) {
    for (const { in: where, name: field } of parameters) {
      const what = `${route}, ${where} ${field}: ${name}`;
      if (where === "header") {
        const text = textOf(encodedMax);
        if (!/[^\t\x20-\x7e]/.test(text))
          yield { ...send, what, headers: { ...send.headers, [field]: text } };
      } else yield { ...send, what, path: at({ [field]: fitting(textOf, encodeURIComponent) }) };
    }
    for (const [field, { maxLength }] of textFields(document, schema)) {
      for (const characters of maxLength === undefined ? [encodedMax] : [maxLength, encodedMax]) {
        const text = fitting(textOf, JSON.stringify, Math.min(characters, encodedMax));
        const what = `${route}, ${field}: ${name}, ${text.length} characters`;
        const bodyText = JSON.stringify({ ...good, [field]: text });
        yield { ...send, what, headers: json, body: bodyText };
      }
    }
  }
  if (type === "application/json") {
    for (const [name, body] of Object.entries(worstBodies))
      yield { ...send, what: `${route}, body: ${name}`, headers: json, body };
  }
  // All routes read these headers in the same way. So each route gets only one string for each
  // header, and successive routes get different strings.
  const texts = Object.entries(worstTexts).filter(([, textOf]) => !/[^\t\x20-\x7e]/.test(textOf(50)));
  for (const [index, header] of everyHeader.entries()) {
    const [name, textOf] = texts[(turn + index) % texts.length]!;
    const text = `${header === "authorization" ? "Bearer " : ""}${header === "cookie" ? "rondo_session=" : ""}${textOf(encodedMax)}`;
    yield { ...send, what: `${route}, ${header}: ${name}`, headers: { ...send.headers, [header]: text } };
  }
  const [name, textOf] = Object.entries(worstTexts)[turn % Object.keys(worstTexts).length]!;
  const query = fitting(textOf, encodeURI);
  yield {
    ...send,
    what: `${route}, query: ${name}`,
    path: `${path.includes("{") ? at() : path}?${encodeURI(query)}`,
  };
  yield {
    ...send,
    what: `${route}, query: many`,
    path: `${at().split("?")[0]}?${filled("a=1&", encodedMax)}`,
  };
}

const everyHeader = [
  "authorization",
  "cookie",
  "accept",
  "range",
  "if-range",
  "if-none-match",
  "idempotency-key",
  "x-request-id",
  "content-type",
  "x-forwarded-for",
  "origin",
];

/**
 * Follows references, and returns the schema to which they lead. If a schema has several
 * alternatives, returns the last one, which has the fields.
 */
function resolved(document: ApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  if (name !== undefined) return resolved(document, document.components.schemas[name] ?? {});
  const last = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].at(-1);
  return last === undefined ? schema : resolved(document, last);
}

function goodBody(
  { required = [], properties = {} }: Schema,
  sampleOf: (name: string, schema: Schema) => unknown,
): Values {
  return Object.fromEntries(required.map((name) => [name, sampleOf(name, properties[name] ?? {})]));
}

/**
 * Returns the outermost fields of a body that get the worst strings: all except those whose only
 * type is a number or a boolean.
 */
function textFields(document: ApiDocument, { properties = {} }: Schema): [string, Schema][] {
  return Object.entries(properties)
    .map(([name, one]): [string, Schema] => [name, resolved(document, one)])
    .filter(([, { type }]) => !["integer", "number", "boolean"].includes(String(type)));
}

function plainOf(schema: Schema): unknown {
  const { type: types, format, minimum = 1 } = schema;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.const !== undefined) return schema.const;
  if (format === "uuid") return "01936f1e-8f7a-7000-8000-000000000001";
  if (format === "date-time") return "2026-11-22T07:56:06Z";
  switch (typeof types === "string" ? types : types?.[0]) {
    case "integer":
    case "number":
      return minimum;
    case "boolean":
      return true;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return "a plain text";
  }
}
