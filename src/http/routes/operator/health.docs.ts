// Describes the routes for health, readiness and metrics in the OpenAPI document.
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { object, text, whole } from "../../openapi/schema.ts";

const server = { tag: "The server", user: "anyone", method: "get" } as const;

export const healthDocs: readonly DocumentedRoute[] = [
  {
    ...server,
    path: "/health",
    summary: "Tells that this process is alive.",
    answers: {
      200: json("The process is alive.", object({ status: { const: "alive" }, uptimeSeconds: whole })),
    },
  },
  {
    ...server,
    path: "/ready",
    summary: "Tells whether all stores that this process needs are reachable.",
    answers: {
      200: json("All stores are reachable.", ref("Readiness")),
      503: json("A store is unreachable.", ref("Readiness")),
    },
  },
  {
    ...server,
    path: "/metrics",
    summary: "Returns the counters of this process, for Prometheus.",
    answers: { 200: { says: "The counters.", content: [{ type: "text/plain", schema: text }] } },
  },
];
