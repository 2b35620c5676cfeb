// Creates the HTML of two pages: the documentation page, which shows the OpenAPI document, and the page of all errors.
// A page is one file without scripts, and loads nothing from other servers.
import { isObject, type JsonObject } from "../../queries/spec/json-reader.ts";
import type { ErrorCode } from "../../errors.ts";
import { docsStyle } from "./style.ts";
import { errorMeanings } from "../openapi/error-meanings.ts";
import { htmlOf, notesOf, schemaAnchor, schemaHtml } from "./schema-html.ts";
import { statusOf } from "../answers/problem.ts";

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operation: JsonObject;
}

export function docsPageOf(document: JsonObject): string {
  const operations = operationsOf(document);
  const tags = [...new Set(operations.map(({ operation }) => tagOf(operation)))];
  const info = document.info as { title: string; version: string; description: string };
  const schemas = Object.entries((document.components as { schemas: JsonObject }).schemas);
  return page(
    `${info.title} ${info.version}`,
    `<header><h1>${htmlOf(info.title)} <small>${htmlOf(info.version)}</small></h1><p>${htmlOf(info.description)}</p>
<p>This page shows the <a href="/openapi.json">OpenAPI 3.1 document</a>. Named queries are also tools at <code>/mcp</code>. Another page lists all <a href="/docs/errors">errors</a>.</p></header>
<nav aria-label="Contents"><ul>${[...tags, "Schemas"].map((tag) => `<li><a href="#${anchor(tag)}">${htmlOf(tag)}</a></li>`).join("")}</ul></nav>
<main>${tags
      .map((tag) =>
        section(
          tag,
          operations.filter(({ operation }) => tagOf(operation) === tag),
        ),
      )
      .join("\n")}
<section id="schemas"><h2>Schemas</h2>${schemas.map(([name, schema]) => schemaArticle(name, schema)).join("\n")}</section></main>`,
  );
}

/** Returns the page that explains all errors. The `type` of every problem response is a link to this page. */
export const errorsPage = (): string =>
  page(
    "Errors",
    `<header><h1>Errors</h1><p>Every error is <code>application/problem+json</code> with a stable <code>code</code>. <a href="/docs">Back to the routes</a>.</p></header>
<main><dl>${(Object.keys(errorMeanings) as ErrorCode[])
      .map(
        (code) =>
          `<dt id="${code}"><code>${code}</code> <small>${statusOf[code]}</small></dt><dd>${meaningOf(code)}</dd>`,
      )
      .join("\n")}</dl></main>`,
  );

/**
 * Returns the explanation of an error as HTML. `whatToDo` is Markdown. Its links lead to files that this server does
 * not serve, so only the text of each link is shown.
 */
const meaningOf = (code: ErrorCode): string => {
  const { meaning, whatToDo } = errorMeanings[code];
  return proseOf(`${meaning} ${whatToDo.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1")}`);
};

function operationsOf({ paths }: JsonObject): readonly Operation[] {
  return Object.entries(paths as Record<string, Record<string, JsonObject>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

const tagOf = ({ tags }: JsonObject): string => (Array.isArray(tags) ? String(tags[0]) : "Other");
const anchor = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
const proseOf = (text: string): string => htmlOf(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");

const section = (tag: string, operations: readonly Operation[]): string =>
  `<section id="${anchor(tag)}"><h2>${htmlOf(tag)}</h2>${operations.map(article).join("\n")}</section>`;

const schemaArticle = (name: string, schema: unknown): string =>
  `<details id="${schemaAnchor(name)}"><summary><code>${htmlOf(name)}</code><span>${htmlOf(
    isObject(schema) && typeof schema.description === "string" ? schema.description : "",
  )}</span></summary><pre><code>${schemaHtml(schema)}</code></pre></details>`;

function article({ method, path, operation }: Operation): string {
  const { summary, description, parameters, requestBody, responses, security } = operation;
  // The browser can wrap a long path before every slash except the first.
  const address = htmlOf(path).replaceAll(/(?<=.)\//g, "<wbr>/");
  return `<details id="${anchor(`${method} ${path}`)}"><summary><b class="${method.toLowerCase()}">${method}</b><code>${address}</code><span>${htmlOf(String(summary))}</span></summary>
<p class="who">${who(security)}</p>${
    typeof description === "string"
      ? description
          .split("\n\n")
          .map((paragraph) => `<p>${proseOf(paragraph)}</p>`)
          .join("")
      : ""
  }
${parametersTable(Array.isArray(parameters) ? (parameters as JsonObject[]) : [])}${contentHtml("Body", requestBody)}${answersHtml(responses as Record<string, JsonObject>)}</details>`;
}

function who(security: unknown): string {
  const schemes = Array.isArray(security) ? security.flatMap((one) => Object.keys(one as object)) : [];
  return schemes.length === 0
    ? "Anyone."
    : `With ${schemes.map((one) => htmlOf(credentialNames[one] ?? one)).join(", or ")}.`;
}

const credentialNames: Readonly<Record<string, string>> = {
  userToken: "a user token",
  session: "a session",
  signature: "a signed link",
  businessKey: "a business key",
  operatorKey: "the operator key",
};

function parametersTable(parameters: readonly JsonObject[]): string {
  if (parameters.length === 0) return "";
  const rows = parameters.map(({ name, in: where, required, description, schema = {} }) => {
    const { description: _, ...shape } = schema as JsonObject;
    const notes = notesOf({ ...shape, ...(description === undefined ? {} : { description }) });
    const needed = required === true && where !== "path" ? ", required" : "";
    return `<tr><th scope="row"><code>${htmlOf(String(name))}</code><small>${where === "path" ? "in the path" : where === "header" ? "header" : "query"}${needed}</small></th><td><code>${schemaHtml(shape)}</code></td><td>${htmlOf(notes)}</td></tr>`;
  });
  return `<h3>Parameters</h3><table><thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/**
 * Shows the successful responses in full, and the errors as a list of codes. The response
 * "default", which stands for all other errors, is left out.
 */
function answersHtml(responses: Readonly<Record<string, JsonObject>>): string {
  const all = Object.entries(responses);
  const isProblem = ({ content }: JsonObject): boolean =>
    isObject(content) && "application/problem+json" in content;
  const good = all
    .filter(([, response]) => !isProblem(response))
    .map(([status, response]) => {
      const headers = isObject(response.headers) ? Object.keys(response.headers) : [];
      const named = headers.map((name) => `<code>${htmlOf(name)}</code>`).join(", ");
      return `<h3>${status} <small>${htmlOf(String(response.description))}</small></h3>${headers.length === 0 ? "" : `<p>Headers: ${named}</p>`}${contentHtml("", response)}`;
    });
  const codes = all
    .filter(([status, response]) => isProblem(response) && status !== "default")
    .flatMap(([status, { description }]) =>
      String(description)
        .split("\n\n")
        .map((one) => ({ status, code: one.slice(0, one.indexOf(":")) })),
    );
  const listed = codes.map(
    ({ status, code }) => `<li>${status} <a href="/docs/errors#${code}"><code>${code}</code></a></li>`,
  );
  return `${good.join("")}${listed.length === 0 ? "" : `<h3>Errors</h3><ul class="codes">${listed.join("")}</ul>`}`;
}

function contentHtml(title: string, holder: unknown): string {
  const content = isObject(holder) && isObject(holder.content) ? Object.entries(holder.content) : [];
  return content
    .map(([type, media]) => {
      const schema = isObject(media) ? media.schema : undefined;
      const notes = isObject(schema) && schema.$ref === undefined ? notesOf(schema) : "";
      const heading =
        title === ""
          ? `<p><code>${htmlOf(type)}</code></p>`
          : `<h3>${title} <small>${htmlOf(type)}</small></h3>`;
      return `${heading}${notes === "" ? "" : `<p>${htmlOf(notes)}.</p>`}<pre><code>${schemaHtml(schema)}</code></pre>`;
    })
    .join("");
}

const page = (title: string, content: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><title>${htmlOf(title)}</title><style>${docsStyle}</style></head><body>${content}</body></html>`;
