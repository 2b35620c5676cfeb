// Describes, for the OpenAPI document, the routes that return this document and its pages.
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { text } from "../openapi/schema.ts";

const server = { tag: "The server", user: "anyone", method: "get" } as const;
const html = { content: [{ type: "text/html", schema: text }] } as const;

export const docsDocs: readonly DocumentedRoute[] = [
  {
    ...server,
    path: "/openapi.json",
    summary:
      "This document. With a credential of a business or of a user, it also has the business's own queries.",
    answers: {
      200: json("The document, in OpenAPI 3.1.", { type: "object" }),
      304: { says: "The document has not changed." },
    },
  },
  {
    ...server,
    path: "/docs",
    summary: "Shows this document as a page.",
    answers: { 200: { says: "The page.", ...html } },
  },
  {
    ...server,
    path: "/docs/errors",
    summary: "Shows every error code and its meaning.",
    answers: { 200: { says: "The page.", ...html } },
  },
];
