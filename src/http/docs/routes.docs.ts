// Describes the document and its pages in the OpenAPI document.
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { text } from "../openapi/schema.ts";

const server = { tag: "The server", user: "anyone", method: "get" } as const;
const html = { content: [{ type: "text/html", schema: text }] } as const;

export const docsDocs: readonly DocumentedRoute[] = [
  {
    ...server,
    path: "/openapi.json",
    summary: "This document.",
    answers: { 200: json("OpenAPI 3.1.", { type: "object" }), 304: { says: "Nothing has changed since." } },
  },
  {
    ...server,
    path: "/docs",
    summary: "This document as a page.",
    answers: { 200: { says: "The page.", ...html } },
  },
  {
    ...server,
    path: "/docs/errors",
    summary: "Every error code, and what it means.",
    answers: { 200: { says: "The page.", ...html } },
  },
];
