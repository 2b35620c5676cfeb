// Makes the OpenAPI operations of a named query.
import { counted } from "../../counted.ts";
import { answerSchemaOf } from "../../queries/publish/catalog.ts";
import type { JsonObject } from "../../queries/spec/json-reader.ts";
import { objectSchemaOf, parameterSchemaOf } from "../../queries/spec/parameter.ts";
import type { Method, Query } from "../../queries/spec/parse/spec.ts";
import { problemsOf, securityOf } from "./operation.ts";
import { about, text } from "./schema.ts";

/**
 * Returns the operations of a query by HTTP method, as in an OpenAPI path item. A query that reads has a GET operation,
 * and a POST operation for parameters that are too long for a URL. A query that writes has only a POST operation.
 */
export const queryOperationsOf = (query: Query): Readonly<Record<string, JsonObject>> =>
  query.method === "GET"
    ? { get: operationOf(query, "GET"), post: operationOf(query, "POST") }
    : { post: operationOf(query, "POST") };

function operationOf(query: Query, method: Method): JsonObject {
  const { name, summary, description, scope, parameters, guards } = query;
  const limits = `At most ${guards.timeoutMs} ms, ${counted(guards.maxRows, "row")} and ${guards.maxBytes} bytes.`;
  const asRead =
    method === query.method
      ? []
      : [
          "Reads the same as the GET operation. Use POST for parameters that are too long for a URL. The answer to POST is not cached.",
        ];
  const answer = { content: { "application/json": { schema: answerSchemaOf(query) } } };
  return {
    operationId: method === query.method ? name : `${name}.post`,
    tags: ["Named queries"],
    summary,
    description: [...(description === undefined ? [] : [description]), ...asRead, limits].join("\n\n"),
    security: securityOf[scope],
    ...(method === "GET"
      ? { parameters: [...parameters.map(parameterOf), ifNoneMatch] }
      : {
          ...(query.method === "POST" ? { parameters: [idempotencyKey] } : {}),
          requestBody: {
            required: true,
            content: { "application/json": { schema: objectSchemaOf(parameters) } },
          },
        }),
    responses: {
      200: {
        description: "The answer.",
        ...(method === "GET" ? { headers: { ETag: etag } } : {}),
        ...answer,
      },
      ...(method === "GET" ? { 304: { description: "The answer has not changed." } } : {}),
      ...problemsOf([
        "INVALID_PARAMETER",
        "UNAUTHENTICATED",
        "FORBIDDEN",
        "NOT_FOUND",
        ...(query.method === "GET" ? [] : (["METHOD_NOT_ALLOWED"] as const)),
        ...(method === "POST"
          ? (["INVALID_BODY", "BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const)
          : (["URL_TOO_LONG"] as const)),
        ...(query.method === "POST" ? (["CONFLICT", "IDEMPOTENCY_MISMATCH"] as const) : []),
        ...(method === "POST" ? (["TOO_MANY_REQUESTS"] as const) : []),
        "QUOTA_REACHED",
        "RESULT_TOO_LARGE",
        "NUMBER_OUT_OF_RANGE",
        "QUERY_TIMEOUT",
      ]),
    },
  };
}

const etag = { description: "Send this ETag in If-None-Match with the next request.", schema: text };
const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  schema: about(
    text,
    "If a request with this key was answered within the last day, the same answer is returned and nothing is written.",
  ),
};
const ifNoneMatch = {
  name: "If-None-Match",
  in: "header",
  schema: about(text, "The ETag of an earlier answer."),
};

function parameterOf(parameter: Query["parameters"][number]): JsonObject {
  const { name, optional, default: standard, shape } = parameter;
  const { description, ...schema } = parameterSchemaOf(parameter);
  return {
    name,
    in: "query",
    ...(description === undefined ? {} : { description }),
    required: !optional && standard === undefined,
    schema,
    ...(shape.type === "array" ? { style: "form", explode: true } : {}),
  };
}
