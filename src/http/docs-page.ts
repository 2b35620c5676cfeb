// The documentation page: made from the OpenAPI document, whole in one answer, with no script and nothing from elsewhere.
import { isObject, type JsonObject } from "../queries/json-reader.ts";
import { statusOf } from "./problem.ts";

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operation: JsonObject;
}

export function docsPageOf(document: JsonObject): string {
  const operations = operationsOf(document);
  const tags = [...new Set(operations.map(({ operation }) => tagOf(operation)))];
  const info = document.info as { title: string; version: string; description: string };
  return page(
    `${info.title} ${info.version}`,
    `<header><h1>${htmlOf(info.title)} <small>${htmlOf(info.version)}</small></h1><p>${htmlOf(info.description)}</p>
<p>The same as <a href="/openapi.json">OpenAPI 3.1</a>. Named queries are tools at <code>/mcp</code>, too. <a href="/docs/errors">Errors</a>.</p></header>
<nav aria-label="Contents"><ul>${tags.map((tag) => `<li><a href="#${anchor(tag)}">${htmlOf(tag)}</a></li>`).join("")}</ul></nav>
<main>${tags
      .map((tag) =>
        section(
          tag,
          operations.filter(({ operation }) => tagOf(operation) === tag),
        ),
      )
      .join("\n")}</main>`,
  );
}

const meanings: Readonly<Partial<Record<string, string>>> = {
  BODY_TOO_LARGE: "The body is larger than this route takes.",
  CONFLICT: "It clashes with what is already stored.",
  FORBIDDEN: "The credential is good, and not one for this.",
  INTERNAL: "Something went wrong on our side. The request id finds it in the log.",
  INVALID_BODY: "The body is no JSON, or no object.",
  INVALID_OFFSET: "The offset is none of this stream.",
  INVALID_PARAMETER: "Parameters that can't be used; `faults` names each.",
  METHOD_NOT_ALLOWED: "A read is called with GET, a write with POST.",
  NOT_FOUND: "There is no such thing, or it is someone else's: which of the two is not told.",
  QUERY_TIMEOUT: "The query took longer than it may, and was stopped.",
  RESULT_TOO_LARGE: "More rows or bytes than the query may give.",
  STORAGE_FULL: "There is no room left to store it.",
  TOO_MANY_REQUESTS: "Slow down; Retry-After says for how long.",
  UNAUTHENTICATED: "No credential, or one that opens nothing.",
  UNAVAILABLE: "Something that is needed is away. Retry-After says when to try again.",
  UNSUPPORTED_MEDIA_TYPE: "The body has to be application/json.",
};

/** Where the `type` of a problem points. */
export const errorsPage = (): string =>
  page(
    "Errors",
    `<header><h1>Errors</h1><p>Every error is <code>application/problem+json</code> with a stable <code>code</code>. <a href="/docs">Back to the routes</a>.</p></header>
<main><dl>${Object.entries(statusOf)
      .map(
        ([code, status]) =>
          `<dt id="${code}"><code>${code}</code> <small>${status}</small></dt><dd>${htmlOf(meanings[code] ?? "See the detail of the answer.")}</dd>`,
      )
      .join("\n")}</dl></main>`,
  );

function operationsOf({ paths }: JsonObject): readonly Operation[] {
  return Object.entries(paths as Record<string, Record<string, JsonObject>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

const tagOf = ({ tags }: JsonObject): string => (Array.isArray(tags) ? String(tags[0]) : "Other");
const anchor = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

const section = (tag: string, operations: readonly Operation[]): string =>
  `<section id="${anchor(tag)}"><h2>${htmlOf(tag)}</h2>${operations.map(article).join("\n")}</section>`;

function article({ method, path, operation }: Operation): string {
  const { summary, description, parameters, requestBody, responses, security } = operation;
  const id = anchor(`${method} ${path}`);
  return `<details id="${id}"><summary><span class="method">${method}</span> <code>${htmlOf(path)}</code> <span>${htmlOf(String(summary))}</span></summary>
${typeof description === "string" ? `<p>${htmlOf(description)}</p>` : ""}<p class="who">${who(security)}</p>
${parametersTable(Array.isArray(parameters) ? (parameters as JsonObject[]) : [])}${contentOf("Body", requestBody)}${Object.entries(
    responses as Record<string, JsonObject>,
  )
    .filter(([status]) => status.startsWith("2"))
    .map(([status, response]) => contentOf(`Answer ${status}`, response))
    .join("")}</details>`;
}

function who(security: unknown): string {
  const names = Array.isArray(security) ? security.flatMap((one) => Object.keys(one as object)) : [];
  return names.length === 0 ? "Anyone." : `With ${names.map((name) => htmlOf(name)).join(" or ")}.`;
}

function parametersTable(parameters: readonly JsonObject[]): string {
  if (parameters.length === 0) return "";
  const rows = parameters.map(({ name, required, description, schema }) => {
    const { type, enum: choices, default: standard, ...rest } = isObject(schema) ? schema : {};
    const facts = [
      Array.isArray(choices) ? choices.join(" | ") : String(type ?? ""),
      required === true
        ? "required"
        : standard === undefined
          ? "optional"
          : `default ${JSON.stringify(standard)}`,
      ...Object.entries(rest)
        .filter(([, value]) => typeof value !== "object")
        .map(([key, value]) => `${key} ${String(value)}`),
    ];
    return `<tr><th scope="row"><code>${htmlOf(String(name))}</code></th><td>${htmlOf(facts.join(", "))}</td><td>${htmlOf(String(description ?? ""))}</td></tr>`;
  });
  return `<table><caption>Parameters</caption><thead><tr><th>Name</th><th>Holds</th><th>Meaning</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function contentOf(title: string, holder: unknown): string {
  const content = isObject(holder) && isObject(holder.content) ? Object.entries(holder.content) : [];
  return content
    .map(([type, media]) => {
      const schema =
        isObject(media) && isObject(media.schema) && Object.keys(media.schema).length > 0
          ? JSON.stringify(media.schema, null, 2)
          : "";
      return `<h3>${htmlOf(title)} <small>${htmlOf(type)}</small></h3>${schema === "" ? "" : `<pre><code>${htmlOf(schema)}</code></pre>`}`;
    })
    .join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const htmlOf = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => entities[letter]!);

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:0 auto;max-width:60rem;padding:1rem}
summary{cursor:pointer;padding:.4rem 0}.method{display:inline-block;min-width:4rem;font-weight:700}code,pre{font:14px/1.5 ui-monospace,monospace}
pre{overflow:auto;padding:1rem;border:1px solid;border-radius:.5rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid}
caption{text-align:left;font-weight:700}nav ul{display:flex;flex-wrap:wrap;gap:1rem;list-style:none;padding:0}.who{font-style:italic}small{font-weight:400}`;

const page = (title: string, content: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${htmlOf(title)}</title><style>${style}</style></head><body>${content}</body></html>`;
