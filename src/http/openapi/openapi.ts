// Writes the OpenAPI 3.1 document of this server. It contains the routes, and an operation for every named query.
import type { JsonObject } from "../../queries/spec/json-reader.ts";
import type { QuerySet } from "../../queries/run/query-set.ts";
import { components } from "./components.ts";
import { operationOf } from "./operation.ts";
import { queryOperationsOf } from "./query-operation.ts";
import { documentedRoutes } from "./routes.ts";

export interface OpenApiOptions {
  readonly set: QuerySet;
  /** The URL of this server. If it is undefined, the document has "/" as the server's URL. */
  readonly url: string | undefined;
}

export function openApiOf({ set, url = "/" }: OpenApiOptions): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  const add = (path: string, method: string, operation: JsonObject): void => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  for (const route of documentedRoutes) add(route.path, route.method, operationOf(route));
  for (const query of set.queries.values()) {
    for (const [method, operation] of Object.entries(queryOperationsOf(query)))
      add(`/v1/queries/${query.name}`, method, operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Rondo",
      version: "0.1.0",
      description:
        "The open back end for generative music. It turns a prompt into sound that plays at once. " +
        "Every answer has the headers X-Request-Id (with the id that you sent, if any) and Server-Timing. " +
        "The answer to a call that changes something has the header RateLimit, with the remaining calls of each limit.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url }],
    tags: [...new Set(documentedRoutes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: components, securitySchemes },
  };
}

const securitySchemes: JsonObject = {
  userToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A token that a business issued for one of its users, or that a guest got.",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "rondo_session",
    description: "The session of the web app.",
  },
  businessKey: {
    type: "http",
    scheme: "bearer",
    description: "The key of a business's servers; it begins with rk_.",
  },
  operatorKey: { type: "http", scheme: "bearer", description: "The key of the operator of this Rondo." },
  writeToken: {
    type: "http",
    scheme: "bearer",
    description:
      "A token (rwt_…) that a generator gets with the request for a piece. It is valid until the deadline of the request.",
  },
  signature: {
    type: "apiKey",
    in: "query",
    name: "signature",
    description:
      "The signature from a link that Rondo returned. Also send `business` and `expires` of this link.",
  },
};
