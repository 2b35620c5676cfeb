// The OpenAPI 3.1 document of this server: its routes, and an operation for every named query.
import { answerSchemaOf } from "../queries/catalog.ts";
import type { JsonObject } from "../queries/json-reader.ts";
import { objectSchemaOf, parameterSchemaOf } from "../queries/parameter.ts";
import type { QuerySet } from "../queries/query-set.ts";
import type { Query } from "../queries/read-spec.ts";
import { binaryTypes, type DocumentedRoute, documentedRoutes, type RouteUser } from "./openapi-routes.ts";

export interface OpenApiOptions {
  readonly set: QuerySet;
  /** Where this server is reached; "/" when it is not known. */
  readonly url: string | undefined;
}

export function openApiOf({ set, url = "/" }: OpenApiOptions): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of documentedRoutes) {
    paths[route.path] = { ...paths[route.path], [route.method]: routeOperation(route) };
  }
  for (const query of set.queries.values()) {
    paths[`/v1/queries/${query.name}`] = { [query.method.toLowerCase()]: queryOperation(query) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Rondo",
      version: "0.1.0",
      description: "The open back end for generative music: a prompt in, sound at once, nothing lost.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url }],
    tags: [...new Set(documentedRoutes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: { Problem: problem }, securitySchemes },
  };
}

const securitySchemes: JsonObject = {
  userToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "Minted by a business for one of its users.",
  },
  session: { type: "apiKey", in: "cookie", name: "rondo_session", description: "Of the web app." },
  businessKey: { type: "http", scheme: "bearer", description: "rk_…, server to server." },
  operatorKey: { type: "http", scheme: "bearer", description: "Of whoever runs this Rondo." },
  signature: {
    type: "apiKey",
    in: "query",
    name: "signature",
    description: "Part of a link that Rondo gave.",
  },
  writeToken: { type: "http", scheme: "bearer", description: "Of one stream's writer." },
};

const securityOf: Readonly<Record<RouteUser, readonly JsonObject[]>> = {
  anyone: [],
  user: [{ userToken: [] }, { session: [] }],
  business: [{ businessKey: [] }],
  operator: [{ operatorKey: [] }],
  signed: [{ signature: [] }, { userToken: [] }, { session: [] }],
  writer: [{ writeToken: [] }],
};

const text = { type: "string" };
const problem: JsonObject = {
  type: "object",
  description: "RFC 9457, with a stable code.",
  required: ["type", "title", "status", "detail", "code", "requestId"],
  properties: {
    type: text,
    title: text,
    status: { type: "integer" },
    detail: { ...text, description: "What is wrong, for a person." },
    code: { ...text, description: "What is wrong, for a program." },
    hint: { ...text, description: "What to do next." },
    faults: {
      type: "array",
      description: "Each parameter that can't be used.",
      items: {
        type: "object",
        required: ["at", "message"],
        properties: { at: text, message: text, hint: text },
      },
    },
    details: { type: "object" },
    requestId: text,
  },
};

const problems = (...statuses: readonly (readonly [number, string])[]): JsonObject =>
  Object.fromEntries(
    statuses.map(([status, description]) => [
      String(status),
      {
        description,
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );

function routeOperation(route: DocumentedRoute): JsonObject {
  const {
    method,
    path,
    tag,
    summary,
    user,
    query = {},
    body,
    status = 200,
    answers = "application/json",
  } = route;
  const schema = binaryTypes.has(answers)
    ? { type: "string", format: "binary" }
    : answers === "application/json"
      ? {}
      : text;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: text,
  }));
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: "query",
    description,
    schema: text,
  }));
  return {
    operationId: `${method}${path.replaceAll(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [tag],
    summary,
    security: securityOf[user],
    ...(inPath.length + inQuery.length > 0 ? { parameters: [...inPath, ...inQuery] } : {}),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: {
      [status]: { description: "Done.", ...(status === 204 ? {} : { content: { [answers]: { schema } } }) },
      ...problems(
        [400, "Something about the request can't be used."],
        ...(user === "anyone"
          ? []
          : ([
              [401, "No credential, or one that opens nothing."],
              [404, "There is no such thing, or it is someone else's."],
            ] as const)),
      ),
    },
  };
}

function queryOperation(query: Query): JsonObject {
  const { name, summary, description, method, scope, parameters, guards } = query;
  const limits = `At most ${guards.timeoutMs} ms, ${guards.maxRows} rows and ${guards.maxBytes} bytes.`;
  return {
    operationId: name,
    tags: ["Named queries"],
    summary,
    description: description === undefined ? limits : `${description}\n\n${limits}`,
    security: securityOf[scope],
    ...(method === "GET"
      ? { parameters: parameters.map(queryParameter) }
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: objectSchemaOf(parameters) } },
          },
        }),
    responses: {
      200: {
        description: "The answer.",
        ...(method === "GET"
          ? { headers: { ETag: { description: "Send it back in If-None-Match.", schema: text } } }
          : {}),
        content: { "application/json": { schema: answerSchemaOf(query) } },
      },
      ...(method === "GET" ? { 304: { description: "Nothing has changed since." } } : {}),
      ...problems(
        [400, "Each parameter that can't be used, by name."],
        [401, "No credential, or one that opens nothing."],
        [403, "Another kind of credential is needed."],
        [404, "There is no such thing, or it is someone else's."],
        ...(method === "POST" ? ([[409, "It clashes with what is already stored."]] as const) : []),
        [422, "Too many rows or bytes."],
        [504, "It took too long and was stopped."],
      ),
    },
  };
}

function queryParameter(parameter: Query["parameters"][number]): JsonObject {
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
