// Parses JSON input without silent changes: a value that JavaScript can't represent is refused, or its
// source text is kept.
const depthMax = 128;

export type ExactJson =
  | {
      /**
       * The parsed value. JavaScript would write some numbers differently than the source. In place of such a number, the
       * value has a JavaScript object that contains the source text of the number. `exactSourceOf` returns this text.
       */
      readonly value: unknown;
      /** The same value with plain numbers, for calculations. */
      readonly plain: unknown;
    }
  | { readonly fault: string };

/**
 * Returns a `fault` for text that is not valid JSON, for a key that is repeated in one object, for
 * numbers beyond the range of a double, and for nesting deeper than 128 levels.
 */
export function parseExactJson(text: string): ExactJson {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch {
    return { fault: "It is not valid JSON." };
  }
  const { fault, changes } = inspect(text);
  if (fault !== undefined) return { fault };
  return { value: changes ? (JSON.parse(text, keepSource as never) as unknown) : plain, plain };
}

interface Inspection {
  readonly fault?: string;
  /** Whether the text has a number that JavaScript would write differently. */
  readonly changes: boolean;
}

/** Inspects well-formed JSON in one pass. */
function inspect(text: string): Inspection {
  const open: (Set<string> | undefined)[] = [];
  let changes = false;
  for (let at = 0; at < text.length;) {
    const char = text[at]!;
    if (char === '"') {
      const end = stringEnd(text, at);
      const keys = isKey(text, end) ? open.at(-1) : undefined;
      if (keys !== undefined) {
        const key = JSON.parse(text.slice(at, end)) as string;
        if (keys.has(key))
          return { fault: `The key ${JSON.stringify(key.slice(0, 100))} is repeated.`, changes };
        keys.add(key);
      }
      at = end;
    } else if (char === "-" || (char >= "0" && char <= "9")) {
      number.lastIndex = at;
      const source = number.exec(text)![0];
      const value = Number(source);
      if (!Number.isFinite(value)) return { fault: "A number is too large.", changes };
      changes ||= String(value) !== source;
      at += source.length;
    } else {
      if (char === "{" || char === "[") open.push(char === "{" ? new Set() : undefined);
      else if (char === "}" || char === "]") open.pop();
      if (open.length > depthMax) return { fault: `It is nested deeper than ${depthMax} levels.`, changes };
      at += 1;
    }
  }
  return { changes };
}

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isKey(text: string, from: number): boolean {
  let at = from;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at += 1;
  return text[at] === ":";
}

const keepSource = (_key: string, value: unknown, { source }: { readonly source?: string }): unknown =>
  typeof value === "number" && source !== undefined && source !== String(value) ? rawJSON(source) : value;

const { rawJSON, isRawJSON } = JSON as unknown as {
  readonly rawJSON: (text: string) => unknown;
  readonly isRawJSON: (value: unknown) => value is { readonly rawJSON: string };
};

/** Returns the source text of a number that was parsed as an object; undefined for any other value. */
export const exactSourceOf = (value: unknown): string | undefined =>
  isRawJSON(value) ? value.rawJSON : undefined;

/**
 * Parses stored JSON, which is always well-formed. As in `ExactJson.value`, an object with the source text replaces
 * each number that JavaScript would write differently than the source.
 */
export const parseStoredJson = (text: string): unknown =>
  unusualNumber.test(text) ? JSON.parse(text, keepSource as never) : JSON.parse(text);

/**
 * Matches the numbers that JavaScript can write differently: integers of 16 or more digits, numbers
 * with a fraction or with an exponent, and minus zero. The pattern can also match a number inside a
 * string. Such a match costs time but does not change the result.
 */
const unusualNumber = /(?:^\s*|"\s*:\s*|[,[]\s*)-?(?:\d{16}|\d+[.eE]|(?<=-)0)/;

/**
 * Whether a JavaScript number (a double) can differ from the number that `source` writes. A double represents every
 * number of up to 15 digits exactly. The caller must make sure that the number is not too large for a double.
 */
export const losesDigits = (source: string): boolean => {
  const digits = source
    .replace(/[eE].*$/, "")
    .replace(/^-?0*\.?0*/, "")
    .replace(".", "");
  return digits.length > 15 && String(Number(source)) !== source;
};

/**
 * Whether every database engine can store the text unchanged. The text must not contain NUL, which Postgres can't
 * store, or half of a surrogate pair, which no engine returns unchanged.
 */
export const isStorableText = (text: string): boolean => !text.includes("\0") && text.isWellFormed();

/**
 * Matches the escapes with which JSON.stringify writes NUL (`\u0000`) and half of a surrogate pair (such as `\ud83d`).
 * After an escaped backslash (`\\u0000`), the same letters are plain text and don't match.
 */
const escapedNoText = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

/** Like `isStorableText`, for JSON that JSON.stringify wrote: also checks the texts inside the JSON. */
export const isStorableJson = (json: string): boolean => isStorableText(json) && !escapedNoText.test(json);
