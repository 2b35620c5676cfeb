// Makes an OpenAPI operation from the description of a route: its parameters, its responses, its callers and its
// errors.
import { isFree } from "../middleware/limit-rates.ts";
import type { ErrorCode } from "../../errors.ts";
import type { JsonObject } from "../../queries/spec/json-reader.ts";
import { statusOf } from "../answers/problem.ts";
import { ref } from "./components.ts";
import { errorMeanings } from "./error-meanings.ts";
import { about, text, whole } from "./schema.ts";

/**
 * Who is allowed to call a route. signed: the holder of a link that Rondo signed, or the owner. member: a user, or
 * the business itself. manager: the business itself, or the operator. generator: the holder of a write token.
 */
export type RouteUser =
  "generator" | "anyone" | "user" | "signed" | "member" | "business" | "manager" | "operator";

export interface Content {
  /** The content type. The default is JSON. */
  readonly type?: string;
  readonly schema: JsonObject;
}

export interface Answer {
  readonly says: string;
  readonly headers?: Readonly<Record<string, JsonObject>>;
  /** One entry for each content type. */
  readonly content?: readonly Content[];
}

export interface DocumentedRoute {
  readonly method: "get" | "head" | "post" | "put" | "patch" | "delete";
  /** The path, with its parameters in braces, as in OpenAPI. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly user: RouteUser;
  /** The schemas of path parameters. A path parameter without a schema is a string. */
  readonly inPath?: Readonly<Record<string, JsonObject>>;
  /** The query parameters, which are all optional. */
  readonly inQuery?: Readonly<Record<string, JsonObject>>;
  /** The request headers, which are all optional. */
  readonly inHeaders?: Readonly<Record<string, JsonObject>>;
  readonly body?: Content & { readonly isOptional?: true };
  readonly answers: Readonly<Record<number, Answer>>;
  /** The errors that only this route has. `errorsOf` adds the errors that follow from the other fields. */
  readonly errors?: readonly ErrorCode[];
}

export const json = (says: string, schema: JsonObject, headers: Answer["headers"] = {}): Answer => ({
  says,
  content: [{ schema }],
  headers,
});

export const securityOf: Readonly<Record<RouteUser, readonly JsonObject[]>> = {
  anyone: [],
  generator: [{ writeToken: [] }],
  user: [{ userToken: [] }, { session: [] }],
  signed: [{ signature: [] }, { userToken: [] }, { session: [] }],
  member: [{ userToken: [] }, { session: [] }, { businessKey: [] }],
  business: [{ businessKey: [] }],
  manager: [{ businessKey: [] }, { operatorKey: [] }],
  operator: [{ operatorKey: [] }],
};

export function operationOf(route: DocumentedRoute): JsonObject {
  const { method, path, tag, summary, description, user, body, answers } = route;
  const parameters = parametersOf(route);
  return {
    operationId: `${method}${path.replaceAll(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: securityOf[user],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined
      ? {}
      : { requestBody: { required: body.isOptional !== true, content: contentOf([body]) } }),
    responses: {
      ...problemsOf(errorsOf(route)),
      // If the route describes a status itself, its description is used instead of the general description of the
      // errors.
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])),
    },
  };
}

function parametersOf({ path, inPath = {}, inQuery = {}, inHeaders = {} }: DocumentedRoute): JsonObject[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  return [
    ...names.map((name) => ({ ...parameterOf("path", name, inPath[name] ?? text), required: true })),
    ...Object.entries(inQuery).map(([name, schema]) => parameterOf("query", name, schema)),
    ...Object.entries(inHeaders).map(([name, schema]) => parameterOf("header", name, schema)),
  ];
}

function parameterOf(where: string, name: string, { description, ...schema }: JsonObject): JsonObject {
  return { name, in: where, ...(description === undefined ? {} : { description }), schema };
}

const responseOf = ({ says, headers = {}, content }: Answer): JsonObject => ({
  description: says,
  ...(Object.keys(headers).length > 0 ? { headers: headersOf(headers) } : {}),
  ...(content === undefined ? {} : { content: contentOf(content) }),
});

const headersOf = (headers: Readonly<Record<string, JsonObject>>): JsonObject =>
  Object.fromEntries(
    Object.entries(headers).map(([name, { description, ...schema }]) => [name, { description, schema }]),
  );

const contentOf = (content: readonly Content[]): JsonObject =>
  Object.fromEntries(content.map(({ type = "application/json", schema }) => [type, { schema }]));

function errorsOf({ method, path, user, inQuery, body, errors = [] }: DocumentedRoute): readonly ErrorCode[] {
  const isJson = body !== undefined && (body.type ?? "application/json") === "application/json";
  return [
    ...(inQuery === undefined && !isJson ? [] : (["INVALID_PARAMETER"] as const)),
    ...(isJson ? (["INVALID_BODY", "BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const) : []),
    ...(user === "anyone" ? [] : (["UNAUTHENTICATED", "FORBIDDEN"] as const)),
    ...(path.includes("{") ? (["NOT_FOUND"] as const) : []),
    ...(isFree(method.toUpperCase(), path) || user === "operator" || user === "generator"
      ? []
      : (["TOO_MANY_REQUESTS"] as const)),
    ...errors,
  ];
}

const limitHeaders = {
  "Retry-After": about(whole, "The seconds to wait."),
  "RateLimit-Policy": about(text, "Each limit allows q calls in w seconds."),
  RateLimit: about(
    text,
    "For each limit, r is the number of calls that remain. After t seconds, all calls of the limit are available again.",
  ),
};

/**
 * Describes one response for each status, with all codes that have this status, and a default for any other error.
 */
export function problemsOf(codes: readonly ErrorCode[]): JsonObject {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes))
    byStatus.set(statusOf[code], [...(byStatus.get(statusOf[code]) ?? []), code]);
  const content = { "application/problem+json": { schema: ref("Problem") } };
  return {
    ...Object.fromEntries(
      [...byStatus].map(([status, these]) => [
        status,
        {
          description: these.map((code) => `${code}: ${errorMeanings[code].meaning}`).join("\n\n"),
          ...(status === statusOf.TOO_MANY_REQUESTS ? { headers: headersOf(limitHeaders) } : {}),
          content,
        },
      ]),
    ),
    default: {
      description: "Any other error, such as INTERNAL, or UNAVAILABLE while a store can't be reached.",
      content,
    },
  };
}
