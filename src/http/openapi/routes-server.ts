// What the server tells of itself, as the document tells it.
import { ref } from "./components.ts";
import { type DocumentedRoute, json } from "./operation.ts";
import { object, text, whole } from "./schema.ts";

const server = { tag: "The server", user: "anyone", method: "get" } as const;
const html = { content: [{ type: "text/html", schema: text }] } as const;

export const serverRoutes: readonly DocumentedRoute[] = [
  {
    ...server,
    path: "/health",
    summary: "This process is alive.",
    answers: { 200: json("It is.", object({ status: { const: "alive" }, uptimeSeconds: whole })) },
  },
  {
    ...server,
    path: "/ready",
    summary: "What it needs is there.",
    answers: { 200: json("All of it.", ref("Readiness")), 503: json("Something is away.", ref("Readiness")) },
  },
  {
    ...server,
    path: "/metrics",
    summary: "Counters, for Prometheus.",
    answers: { 200: { says: "The counters.", content: [{ type: "text/plain", schema: text }] } },
  },
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
