// The routes that are not named queries, as the OpenAPI document tells them.
import type { JsonObject } from "../queries/json-reader.ts";

export type RouteUser = "anyone" | "user" | "business" | "operator" | "signed" | "writer";

export interface DocumentedRoute {
  readonly method: "get" | "post" | "patch" | "put" | "delete" | "head";
  /** With {parameters}, as OpenAPI writes them. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly user: RouteUser;
  /** Name to description; all optional. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  readonly status?: number;
  /** What comes back; JSON when absent. */
  readonly answers?: string;
}

const text = { type: "string" } as const;
const whole = { type: "integer" } as const;
const body = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: "object",
  properties,
  ...(required.length > 0 ? { required } : {}),
});

const stream = "application/octet-stream";
const readQuery = {
  offset: "Where to begin: an offset from an earlier answer, -1 for the start, now for the end.",
  live: "long-poll or sse; only what is there when absent.",
  cursor: "From an earlier answer of a live read.",
};

export const documentedRoutes: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/accounts/guest",
    tag: "Accounts",
    summary: "Begin as a guest: a session without a form.",
    user: "anyone",
    body: body({ business: text }, ["business"]),
    status: 201,
  },
  { method: "get", path: "/v1/accounts/me", tag: "Accounts", summary: "Who is signed in.", user: "user" },
  {
    method: "post",
    path: "/v1/tokens",
    tag: "Accounts",
    summary: "Mint a token for one of the business's own users; the user is made if new.",
    user: "business",
    body: body({ userId: text, expiresInSeconds: whole }, ["userId"]),
  },

  {
    method: "post",
    path: "/v1/generations",
    tag: "Making music",
    summary: "Ask for music. The answer comes at once; the sound follows on its links.",
    user: "user",
    body: body(
      {
        prompt: { type: "string", minLength: 1, maxLength: 2000 },
        projectId: text,
        durationSeconds: { type: "integer", minimum: 10, maximum: 600, default: 60 },
        seed: whole,
      },
      ["prompt"],
    ),
  },
  {
    method: "get",
    path: "/v1/generations/{requestId}",
    tag: "Making music",
    summary: "How far it is.",
    user: "user",
  },
  {
    method: "delete",
    path: "/v1/generations/{requestId}",
    tag: "Making music",
    summary: "Stop it. What was made is kept.",
    user: "user",
  },
  {
    method: "get",
    path: "/v1/generations/{requestId}/chunks",
    tag: "Hearing music",
    summary: "The sound as a Durable Stream: catch up, long-poll or follow.",
    user: "user",
    query: readQuery,
    answers: "audio/mpeg",
  },
  {
    method: "get",
    path: "/v1/generations/{requestId}/events",
    tag: "Making music",
    summary: "States and progress as a Durable Stream of JSON.",
    user: "user",
    query: readQuery,
  },

  {
    method: "get",
    path: "/v1/versions/{versionId}",
    tag: "Library",
    summary: "One version, with its links.",
    user: "user",
  },
  {
    method: "get",
    path: "/v1/versions/{versionId}/audio",
    tag: "Hearing music",
    summary: "The sound by byte ranges, while it is still being made and after.",
    user: "signed",
    answers: "audio/mpeg",
  },
  {
    method: "get",
    path: "/v1/versions/{versionId}/playlist.m3u8",
    tag: "Hearing music",
    summary: "The same sound as HLS.",
    user: "signed",
    answers: "application/vnd.apple.mpegurl",
  },
  {
    method: "get",
    path: "/v1/versions/{versionId}/download",
    tag: "Hearing music",
    summary: "The file, with tags and a name.",
    user: "signed",
    query: { format: "mp3 or wav." },
    answers: "audio/mpeg",
  },
  {
    method: "get",
    path: "/v1/versions/{versionId}/peaks",
    tag: "Hearing music",
    summary: "The waveform.",
    user: "signed",
  },
  {
    method: "post",
    path: "/v1/versions/{id}/versions",
    tag: "Library",
    summary: "A new version made from this one.",
    user: "user",
    body: body({ instruction: text }),
  },
  {
    method: "delete",
    path: "/v1/versions/{id}",
    tag: "Library",
    summary: "Throw a version into the trash.",
    user: "user",
  },
  {
    method: "post",
    path: "/v1/versions/{id}/restore",
    tag: "Library",
    summary: "Take it back out.",
    user: "user",
  },
  {
    method: "delete",
    path: "/v1/tracks/{id}",
    tag: "Library",
    summary: "Throw a track into the trash.",
    user: "user",
  },
  {
    method: "post",
    path: "/v1/tracks/{id}/restore",
    tag: "Library",
    summary: "Take it back out.",
    user: "user",
  },
  {
    method: "delete",
    path: "/v1/projects/{id}",
    tag: "Library",
    summary: "Throw a project into the trash.",
    user: "user",
  },
  {
    method: "post",
    path: "/v1/projects/{id}/restore",
    tag: "Library",
    summary: "Take it back out.",
    user: "user",
  },
  {
    method: "get",
    path: "/v1/projects/{projectId}/archive",
    tag: "Library",
    summary: "A project as a ZIP with a manifest.",
    user: "signed",
    answers: "application/zip",
  },

  {
    method: "get",
    path: "/v1/queries",
    tag: "Named queries",
    summary: "The catalog: every named query with its parameters and its answer as JSON Schema.",
    user: "user",
  },

  {
    method: "post",
    path: "/v1/businesses",
    tag: "Businesses",
    summary: "Make a business with a database of its own.",
    user: "operator",
    body: body({ slug: text, name: text }, ["slug"]),
    status: 201,
  },
  { method: "get", path: "/v1/businesses", tag: "Businesses", summary: "All businesses.", user: "operator" },
  {
    method: "get",
    path: "/v1/businesses/{slug}",
    tag: "Businesses",
    summary: "One business.",
    user: "operator",
  },
  {
    method: "post",
    path: "/v1/businesses/{slug}/keys",
    tag: "Businesses",
    summary: "A new business key, shown once.",
    user: "operator",
    status: 201,
  },
  {
    method: "get",
    path: "/v1/businesses/{slug}/keys",
    tag: "Businesses",
    summary: "Its keys, without their secrets.",
    user: "operator",
  },
  {
    method: "delete",
    path: "/v1/businesses/{slug}/keys/{keyId}",
    tag: "Businesses",
    summary: "Revoke a key.",
    user: "operator",
    status: 204,
  },

  { method: "get", path: "/health", tag: "The server", summary: "This process is alive.", user: "anyone" },
  { method: "get", path: "/ready", tag: "The server", summary: "What it needs is there.", user: "anyone" },
  {
    method: "get",
    path: "/metrics",
    tag: "The server",
    summary: "Counters, for Prometheus.",
    user: "anyone",
    answers: "text/plain",
  },
];

/** What streams and downloads answer with is no JSON. */
export const binaryTypes: ReadonlySet<string> = new Set([stream, "audio/mpeg", "application/zip"]);
