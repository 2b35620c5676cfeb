// Describes the routes for health, readiness and metrics in the OpenAPI document.
import { ref } from "../openapi/components.ts";
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { object, text, whole } from "../openapi/schema.ts";

const server = { tag: "The server", user: "anyone", method: "get" } as const;

export const healthDocs: readonly DocumentedRoute[] = [
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
];
