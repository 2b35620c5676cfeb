// A named query as OpenAPI tells it.
import { answerSchemaOf } from "../../queries/catalog.ts";
import type { JsonObject } from "../../queries/json-reader.ts";
import { objectSchemaOf, parameterSchemaOf } from "../../queries/parameter.ts";
import type { Query } from "../../queries/read-spec.ts";
import { problemsOf, securityOf } from "./operation.ts";
import { about, text } from "./schema.ts";

export function queryOperationOf(query: Query): JsonObject {
  const { name, summary, description, method, scope, parameters, guards } = query;
  const limits = `At most ${guards.timeoutMs} ms, ${guards.maxRows} rows and ${guards.maxBytes} bytes.`;
  const answer = { content: { "application/json": { schema: answerSchemaOf(query) } } };
  return {
    operationId: name,
    tags: ["Named queries"],
    summary,
    description: description === undefined ? limits : `${description}\n\n${limits}`,
    security: securityOf[scope],
    ...(method === "GET"
      ? { parameters: [...parameters.map(parameterOf), ifNoneMatch] }
      : {
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
      ...(method === "GET" ? { 304: { description: "Nothing has changed since." } } : {}),
      ...problemsOf([
        "INVALID_PARAMETER",
        "UNAUTHENTICATED",
        "FORBIDDEN",
        "NOT_FOUND",
        "METHOD_NOT_ALLOWED",
        ...(method === "POST"
          ? ([
              "INVALID_BODY",
              "BODY_TOO_LARGE",
              "UNSUPPORTED_MEDIA_TYPE",
              "CONFLICT",
              "TOO_MANY_REQUESTS",
            ] as const)
          : []),
        "RESULT_TOO_LARGE",
        "QUERY_TIMEOUT",
      ]),
    },
  };
}

const etag = { description: "Send it back in If-None-Match.", schema: text };
const ifNoneMatch = { name: "If-None-Match", in: "header", schema: about(text, "An earlier answer's ETag.") };

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
