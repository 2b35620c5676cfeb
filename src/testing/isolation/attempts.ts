// Lists the rows of the isolation matrix: for each documented route, the requests that the matrix
// sends. run-matrix.ts sends each request with ids of another business and with ids of missing
// things, and compares the two responses.
import type { QuerySet } from "../../queries/run/query-set.ts";
import type { Parameter, ParameterShape } from "../../queries/spec/parameter.ts";
import type { Query } from "../../queries/spec/parse/spec.ts";
import { type Ids, signatureOf, type Tenant, written } from "./tenant.ts";

export interface Attempt {
  readonly path: string;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * An attempt with an id of another business must get the same response as the attempt with the id of a missing thing.
   * If `isLoose` is true, only the statuses are compared. The bodies may differ, because the request may create
   * something that has a new id.
   */
  readonly isLoose?: true;
  /** The names of the credentials with which the request is sent. If absent, all credentials are used. */
  readonly as?: readonly string[];
}

/**
 * Returns the requests of one route, in the same order for all ids. `of`: the ids to try, either of
 * another business or of missing things. `own`: the business whose credentials are used. The matrix
 * sends each request with these credentials, with altered copies of these credentials, without a
 * credential, and with the operator's key.
 */
export type Row = (of: Ids, own: Tenant) => readonly Attempt[];

/**
 * Returns the row of a route that sends a file and accepts signed links. The row has four requests. Each path contains
 * `of.versionId`, except the path of the last request:
 * 1. without a signature;
 * 2. with a signature that `own` has made for the version of `of`;
 * 3. as 2, but with the slug of `of` in the signature;
 * 4. as 2, but with the version id of `own` in the path.
 */
const file = (path: (ids: Ids) => string): Row => {
  const signed = (ids: Ids, signature: string) =>
    `${path(ids)}${path(ids).includes("?") ? "&" : "?"}${signature}`;
  return (of, own) => [
    { path: path(of) },
    { path: signed(of, signatureOf(own, of.versionId)) },
    { path: signed(of, signatureOf(own, of.versionId).replace(own.ids.slug, of.slug)) },
    { path: signed({ ...of, versionId: own.ids.versionId }, signatureOf(own, of.versionId)) },
  ];
};
const at = (path: (ids: Ids) => string, body?: object): Row => {
  return (of) => [{ path: path(of), ...(body === undefined ? {} : { body }) }];
};
/** Returns the row of a request without an id. The response must contain no secret of another business. */
const plain = (path: string, body?: object | string): Row => {
  return () => [{ path, isLoose: true, ...(body === undefined ? {} : { body }) }];
};
const shared = (end: string): Row => {
  return (of, own) => [
    { path: `/s/${own.ids.slug}/${of.shareToken}${end}` },
    { path: `/s/${of.slug}/${own.ids.shareToken}${end}` },
  ];
};
/**
 * A token of a link has the form `slug.secret`. Returns two mixed tokens: the slug of `own` with the secret of `token`,
 * and the slug of `token` with the secret of a link of `own`.
 */
const linkTokens = (token: string, own: Tenant): readonly string[] => [
  token.replace(/^[^.]*/, own.ids.slug),
  own.ids.resetToken.replace(/^[^.]*/, token.slice(0, token.indexOf("."))),
];
const stream: Row = (of) => [{ path: `/v1/stream/${of.streamPath}` }];
const nobody = ["nobody"];
const operatorless = ["nobody", "user token", "guest token", "session", "business key", "write token"];
const operatorOnly = (path: (ids: Ids) => string, body?: object): Row => {
  return (of) => [{ path: path(of), as: operatorless, ...(body === undefined ? {} : { body }) }];
};
/**
 * Returns the row of a route that a business key or the operator may call. The operator names the business with the
 * query parameter `business`; a business key must not send it. The row has two requests: one without this parameter,
 * and one with the slug of `of`. The second request is not sent with the operator's key, because the operator is
 * allowed to send it.
 */
const managed = (path: (ids: Ids) => string, body?: object): Row => {
  const sent = body === undefined ? {} : { body };
  const slugged = (ids: Ids) => `${path(ids)}${path(ids).includes("?") ? "&" : "?"}business=${ids.slug}`;
  return (of) => [
    { path: path(of), ...sent },
    { path: slugged(of), as: operatorless, ...sent },
  ];
};
const music = { prompt: "a quiet piano", durationSeconds: 10 };
const append = { "content-type": "text/plain" };

/** The rows by route. A test checks that exactly the documented routes have rows. */
export const rows: Readonly<Record<string, Row>> = {
  "post /v1/accounts/guest": (_, own) => [
    { path: "/v1/accounts/guest", body: { business: own.ids.slug }, isLoose: true, as: nobody },
  ],
  "post /v1/accounts/sign-up": (of, own) => [
    {
      path: "/v1/accounts/sign-up",
      body: { business: own.ids.slug, email: of.email, password: of.password },
      ...{ isLoose: true, as: nobody },
    },
  ],
  "post /v1/accounts/sign-in": (of, own) => [
    {
      path: "/v1/accounts/sign-in",
      body: { business: own.ids.slug, email: `other-${of.email}`, password: of.password },
      as: nobody,
    },
    {
      path: "/v1/accounts/sign-in",
      body: { business: own.ids.slug, email: own.ids.email, password: of.password },
      as: nobody,
    },
  ],
  "post /v1/accounts/restore": (of, own) =>
    [`other-${of.email}`, own.ids.email].map((email) => ({
      path: "/v1/accounts/restore",
      body: { business: own.ids.slug, email, password: of.password },
      as: nobody,
    })),
  "post /v1/accounts/sign-in-with-token": (of, own) =>
    linkTokens(of.signInToken, own).map((token) => ({
      path: "/v1/accounts/sign-in-with-token",
      body: { token },
      as: nobody,
    })),
  "post /v1/accounts/sign-out": () => [{ path: "/v1/accounts/sign-out", isLoose: true, as: nobody }],
  "get /v1/accounts/me": plain("/v1/accounts/me"),
  "delete /v1/accounts/me": (of) => [
    {
      path: "/v1/accounts/me",
      body: { password: of.password },
      as: ["nobody", "user token", "session", "business key", "operator key"],
    },
  ],
  "post /v1/accounts/forgot-password": (of, own) => [
    {
      path: "/v1/accounts/forgot-password",
      body: { business: own.ids.slug, email: of.email },
      ...{ isLoose: true, as: nobody },
    },
  ],
  "post /v1/accounts/reset-password": (of, own) =>
    linkTokens(of.resetToken, own).map((token) => ({
      path: "/v1/accounts/reset-password",
      body: { token, password: of.password },
      as: nobody,
    })),
  "post /v1/accounts/verify-email": (of, own) =>
    linkTokens(of.verifyToken, own).map((token) => ({
      path: "/v1/accounts/verify-email",
      body: { token },
      as: nobody,
    })),
  "post /v1/accounts/me/password": (of) => [
    {
      path: "/v1/accounts/me/password",
      body: { password: of.password, newPassword: of.password },
    },
  ],
  "post /v1/accounts/me/email": (of) => [
    { path: "/v1/accounts/me/email", body: { email: of.email, password: of.password } },
  ],
  "post /v1/accounts/me/verification": plain("/v1/accounts/me/verification", {}),
  "get /v1/accounts/me/export": plain("/v1/accounts/me/export"),
  "get /v1/accounts/me/archive": plain("/v1/accounts/me/archive"),
  "get /v1/accounts/me/sessions": plain("/v1/accounts/me/sessions"),
  "delete /v1/accounts/me/sessions": plain("/v1/accounts/me/sessions"),
  "delete /v1/accounts/me/sessions/{sessionId}": at(
    ({ sessionId }) => `/v1/accounts/me/sessions/${sessionId}`,
  ),
  "get /v1/accounts/session": plain("/v1/accounts/session"),
  "post /v1/tokens": plain("/v1/tokens", { userId: "alice", expiresInSeconds: 60 }),
  "post /v1/sign-in-tokens": plain("/v1/sign-in-tokens", { userId: "alice" }),
  "post /v1/generations": (of) => [
    { path: "/v1/generations", body: { ...music, projectId: of.projectId } },
    {
      path: "/v1/generations",
      body: music,
      headers: { "idempotency-key": of.idempotencyKey },
      isLoose: true,
      as: ["user token", "session"],
    },
  ],
  "get /v1/generations/{requestId}": at(({ requestId }) => `/v1/generations/${requestId}`),
  "delete /v1/generations/{requestId}": at(({ requestId }) => `/v1/generations/${requestId}`),
  "get /v1/generations/{requestId}/events": (of) => [
    { path: `/v1/generations/${of.requestId}/events?offset=-1` },
    { path: `/v1/generations/${of.requestId}/events?offset=-1&live=sse` },
    { path: `/v1/generations/${of.requestId}/events?offset=-1&live=long-poll` },
  ],
  "head /v1/generations/{requestId}/events": at(({ requestId }) => `/v1/generations/${requestId}/events`),
  "get /v1/generations/{requestId}/chunks": (of) => [
    { path: `/v1/generations/${of.requestId}/chunks?offset=-1` },
    { path: `/v1/generations/${of.requestId}/chunks?offset=-1&live=sse` },
    { path: `/v1/generations/${of.requestId}/chunks?offset=-1&live=long-poll` },
  ],
  "head /v1/generations/{requestId}/chunks": at(({ requestId }) => `/v1/generations/${requestId}/chunks`),
  "post /v1/generations/{requestId}/chunks": (of) => [
    {
      path: `/v1/generations/${of.requestId}/chunks`,
      body: "no sound",
      headers: { "content-type": "audio/mpeg" },
    },
  ],
  "post /v1/generations/{requestId}/events": at(({ requestId }) => `/v1/generations/${requestId}/events`, {
    progress: 0.5,
  }),
  "get /v1/versions/{versionId}": at(({ versionId }) => `/v1/versions/${versionId}`),
  "get /v1/versions/{versionId}/audio": file(({ versionId }) => `/v1/versions/${versionId}/audio`),
  "get /v1/versions/{versionId}/playlist.m3u8": file(
    ({ versionId }) => `/v1/versions/${versionId}/playlist.m3u8`,
  ),
  "get /v1/versions/{versionId}/segments/{file}": file(
    ({ versionId }) => `/v1/versions/${versionId}/segments/0.mp3`,
  ),
  "get /v1/versions/{versionId}/download": (of, own) =>
    ["mp3", "wav", "midi", "abc", "musicxml", "stems"].flatMap((format) =>
      file(({ versionId }) => `/v1/versions/${versionId}/download?format=${format}`)(of, own),
    ),
  "get /v1/versions/{versionId}/peaks": file(({ versionId }) => `/v1/versions/${versionId}/peaks`),
  "get /v1/archive": at(({ trackId }) => `/v1/archive?trackId=${trackId}`),
  "get /v1/projects/{projectId}/archive": at(({ projectId }) => `/v1/projects/${projectId}/archive`),
  "post /v1/verify": plain("/v1/verify", "no sound"),
  "post /v1/versions/{versionId}/versions": at(({ versionId }) => `/v1/versions/${versionId}/versions`, {
    instruction: "slower",
  }),
  ...Object.fromEntries(
    (["project", "track", "version"] as const).flatMap((kind): readonly [string, Row][] => {
      const path = (ids: Ids) => `/v1/${kind}s/${ids[`${kind}Id`]}`;
      return [
        [`delete /v1/${kind}s/{${kind}Id}`, (of) => [{ path: path(of) }, { path: `${path(of)}?purge=now` }]],
        [`post /v1/${kind}s/{${kind}Id}/restore`, (of) => [{ path: `${path(of)}/restore` }]],
      ];
    }),
  ),
  ...Object.fromEntries(
    (["project", "track"] as const).flatMap((kind): readonly [string, Row][] =>
      ["get", "put", "delete"].map((method) => [
        `${method} /v1/${kind}s/{${kind}Id}/share`,
        (of) => [{ path: `/v1/${kind}s/${of[`${kind}Id`]}/share` }],
      ]),
    ),
  ),
  "get /v1/receipts/{receiptId}": at(({ receiptId }) => `/v1/receipts/${receiptId}`),
  "get /s/{business}/{token}": shared(""),
  "get /embed/{business}/{token}": (of, own) =>
    shared("")(of, own).map(({ path }) => ({ path: path.replace("/s/", "/embed/") })),
  "get /s/{business}/{token}/cover.png": shared("/cover.png"),
  "get /s/{business}/{token}/{file}": (of, own) => [
    ...shared(`/${of.versionId}.mp3`)(of, own),
    { path: `/s/${own.ids.slug}/${own.ids.shareToken}/${of.versionId}.mp3` },
  ],
  "get /oembed": (of, own) =>
    shared("")(of, own).map(({ path }) => ({
      path: `/oembed?url=${encodeURIComponent(`https://music.example${path}`)}`,
    })),
  "get /v1/stream/{path}": (of, own) => [
    ...stream(of, own),
    { path: `/v1/stream/${of.streamPath}?offset=-1&live=sse` },
    { path: `/v1/stream/${own.ids.streamPath}/../${of.streamPath}` },
  ],
  "head /v1/stream/{path}": stream,
  "post /v1/stream/{path}": (of) => [
    { path: `/v1/stream/${of.streamPath}`, body: "theirs", headers: append },
  ],
  "delete /v1/stream/{path}": stream,
  "put /v1/stream/{path}": (of) => [
    {
      path: `/v1/stream/fork-of-${of.streamPath}`,
      headers: { ...append, "stream-forked-from": `/v1/stream/${of.streamPath}` },
    },
    {
      path: `/v1/stream/fork-of-${of.streamPath}`,
      headers: { ...append, "stream-forked-from": of.streamPath },
    },
  ],
  "get /v1/usage": managed(() => "/v1/usage?by=user"),
  "get /v1/businesses/{slug}/usage": operatorOnly(({ slug }) => `/v1/businesses/${slug}/usage`),
  "get /v1/limits": plain("/v1/limits"),
  "get /v1/generators": plain("/v1/generators"),
  "patch /v1/limits": plain("/v1/limits", { quotas: {} }),
  "get /v1/webhooks": plain("/v1/webhooks"),
  "post /v1/webhooks": plain("/v1/webhooks", { url: "http://127.0.0.1/" }),
  ...Object.fromEntries(
    (["get", "delete"] as const).map((method) => [
      `${method} /v1/webhooks/{id}`,
      managed(({ endpointId }) => `/v1/webhooks/${endpointId}`),
    ]),
  ),
  "patch /v1/webhooks/{id}": managed(({ endpointId }) => `/v1/webhooks/${endpointId}`, { state: "paused" }),
  ...Object.fromEntries(
    (["rotate", "test", "replay"] as const).map((verb) => [
      `post /v1/webhooks/{id}/${verb}`,
      managed(({ endpointId }) => `/v1/webhooks/${endpointId}/${verb}`, {}),
    ]),
  ),
  "get /v1/webhooks/deliveries": managed(
    ({ endpointId, deliveryId }) => `/v1/webhooks/deliveries?endpointId=${endpointId}&before=${deliveryId}`,
  ),
  "post /v1/webhooks/deliveries/{id}/replay": managed(
    ({ deliveryId }) => `/v1/webhooks/deliveries/${deliveryId}/replay`,
  ),
  "get /v1/manage/me": plain("/v1/manage/me"),
  "get /v1/manage/summary": managed(() => "/v1/manage/summary?to=2026-01-01T00:00:00Z"),
  "get /v1/manage/generations": managed(({ requestId }) => `/v1/manage/generations?text=${requestId}`),
  "get /v1/manage/generations/{requestId}": managed(({ requestId }) => `/v1/manage/generations/${requestId}`),
  ...Object.fromEntries(
    (["cancel", "retry"] as const).map((verb) => [
      `post /v1/manage/generations/{requestId}/${verb}`,
      managed(({ requestId }) => `/v1/manage/generations/${requestId}/${verb}`),
    ]),
  ),
  "get /v1/manage/queries": managed(() => "/v1/manage/queries"),
  "get /v1/manage/queries/{name}/sql": managed(({ ownQuery }) => `/v1/manage/queries/${ownQuery}/sql`),
  "get /v1/manage/users": managed(({ memberId }) => `/v1/manage/users?text=${memberId}`),
  "get /v1/manage/users/{userId}": managed(({ memberId }) => `/v1/manage/users/${memberId}`),
  "get /v1/manage/users/{userId}/export": managed(({ memberId }) => `/v1/manage/users/${memberId}/export`),
  "delete /v1/manage/users/{userId}/sessions": managed(
    ({ memberId }) => `/v1/manage/users/${memberId}/sessions`,
  ),
  "delete /v1/manage/users/{userId}": managed(({ memberId }) => `/v1/manage/users/${memberId}`),
  "get /v1/queries": plain("/v1/queries"),
  "post /mcp": plain("/mcp", { jsonrpc: "2.0", id: 1, method: "tools/list" }),
  "post /v1/businesses": operatorOnly(() => "/v1/businesses", { slug: "not-made" }),
  "get /v1/businesses": operatorOnly(() => "/v1/businesses"),
  "get /v1/businesses/{slug}": operatorOnly(({ slug }) => `/v1/businesses/${slug}`),
  "patch /v1/businesses/{slug}": operatorOnly(({ slug }) => `/v1/businesses/${slug}`, {
    state: "suspended",
  }),
  "delete /v1/businesses/{slug}": operatorOnly(({ slug }) => `/v1/businesses/${slug}?graceDays=0`),
  "post /v1/businesses/{slug}/undelete": operatorOnly(({ slug }) => `/v1/businesses/${slug}/undelete`),
  "get /v1/erasures": operatorOnly(() => "/v1/erasures"),
  "get /v1/businesses/{slug}/promotion": operatorOnly(({ slug }) => `/v1/businesses/${slug}/promotion`),
  "post /v1/businesses/{slug}/promotion": operatorOnly(({ slug }) => `/v1/businesses/${slug}/promotion`, {
    action: "cancel",
  }),
  "get /v1/audit": operatorOnly(({ slug }) => `/v1/audit?business=${slug}`),
  "get /v1/generators/health": operatorOnly(() => "/v1/generators/health"),
  "get /v1/migrations": operatorOnly(() => "/v1/migrations"),
  "post /v1/migrations": operatorOnly(() => "/v1/migrations", {}),
  "post /v1/businesses/{slug}/keys/{keyId}/rotate": (of, own) => [
    { path: `/v1/businesses/${of.slug}/keys/${of.keyId}/rotate`, body: {}, as: operatorless },
    { path: `/v1/businesses/${own.ids.slug}/keys/${of.keyId}/rotate`, body: {} },
  ],
  "post /v1/businesses/{slug}/keys": operatorOnly(({ slug }) => `/v1/businesses/${slug}/keys`, { name: "" }),
  "get /v1/businesses/{slug}/keys": operatorOnly(({ slug }) => `/v1/businesses/${slug}/keys`),
  "delete /v1/businesses/{slug}/keys/{keyId}": (of, own) => [
    { path: `/v1/businesses/${of.slug}/keys/${of.keyId}`, as: operatorless },
    { path: `/v1/businesses/${own.ids.slug}/keys/${of.keyId}` },
  ],
  "post /v1/businesses/{slug}/reset-links": operatorOnly(({ slug }) => `/v1/businesses/${slug}/reset-links`, {
    email: "ada@example.com",
  }),
  "get /v1/businesses/{slug}/hosts": operatorOnly(({ slug }) => `/v1/businesses/${slug}/hosts`),
  "put /v1/businesses/{slug}/hosts": operatorOnly(({ slug }) => `/v1/businesses/${slug}/hosts`, {
    hosts: [],
  }),
  "get /v1/businesses/{slug}/generator-keys": operatorOnly(
    ({ slug }) => `/v1/businesses/${slug}/generator-keys`,
  ),
  "put /v1/businesses/{slug}/generator-keys/{generator}": operatorOnly(
    ({ slug }) => `/v1/businesses/${slug}/generator-keys/studio`,
    { key: "a key" },
  ),
  "delete /v1/businesses/{slug}/generator-keys/{generator}": operatorOnly(
    ({ slug }) => `/v1/businesses/${slug}/generator-keys/studio`,
  ),
  "get /v1/businesses/{slug}/app": operatorOnly(({ slug }) => `/v1/businesses/${slug}/app`),
  "put /v1/businesses/{slug}/app": operatorOnly(({ slug }) => `/v1/businesses/${slug}/app?allowLoss=true`, {
    format: 1,
  }),
  "post /v1/businesses/{slug}/app/rollback": operatorOnly(
    ({ slug }) => `/v1/businesses/${slug}/app/rollback`,
    { allowLoss: true },
  ),
  "get /v1/themes/{slug}/files/{name}": (of) => [
    { path: `/v1/themes/${of.slug}/files/logo.svg`, isLoose: true },
  ],
  "get /v1/themes/{slug}": (_, own) => [{ path: `/v1/themes/${own.ids.slug}`, isLoose: true }],
  "post /v1/businesses/{slug}/previews": operatorOnly(({ slug }) => `/v1/businesses/${slug}/previews`, {}),
  "get /v1/businesses/{slug}/previews": operatorOnly(({ slug }) => `/v1/businesses/${slug}/previews`),
  "delete /v1/businesses/{slug}/previews/{previewId}": (of, own) => [
    { path: `/v1/businesses/${of.slug}/previews/${of.previewId}`, as: operatorless },
    { path: `/v1/businesses/${own.ids.slug}/previews/${of.previewId}` },
  ],
  "post /v1/previews/{previewId}/queries/{name}": (of) => [
    { path: `/v1/previews/${of.previewId}/queries/business.users`, body: {} },
    {
      path: `/v1/previews/${of.previewId}/queries/tracks.list`,
      body: {},
      headers: { "rondo-user": "alice" },
    },
    { path: `/v1/previews/${of.previewId}/queries/no.such`, body: {} },
  ],
  "get /v1/jobs": operatorOnly(({ slug }) => `/v1/jobs?business=${slug}`),
  "get /v1/jobs/counts": operatorOnly(() => "/v1/jobs/counts"),
  "post /v1/jobs/retry": operatorOnly(() => "/v1/jobs/retry", { all: true }),
  "post /v1/jobs/drop": operatorOnly(() => "/v1/jobs/drop", { all: true }),
  "get /v1/jobs/{queue}/{id}": operatorOnly(({ requestId }) => `/v1/jobs/generation/${requestId}`),
  "post /v1/jobs/{queue}/{id}/retry": operatorOnly(
    ({ requestId }) => `/v1/jobs/generation/${requestId}/retry`,
  ),
  "delete /v1/jobs/{queue}/{id}": operatorOnly(({ requestId }) => `/v1/jobs/generation/${requestId}`),
  ...Object.fromEntries(
    ["/health", "/ready", "/metrics", "/docs", "/docs/errors", "/openapi.json"].map((path) => [
      `get ${path}`,
      plain(path),
    ]),
  ),
};

/**
 * The rows for a query that only one business has added: calls of the query, and the lists of queries, in which the
 * query of another business must not appear.
 */
export const ownQueryRows: Readonly<Record<string, Row>> = {
  "get own query": at(({ ownQuery }) => `/v1/queries/${ownQuery}`),
  "post own query": at(({ ownQuery }) => `/v1/queries/${ownQuery}`, {}),
  "put own query": at(({ ownQuery }) => `/v1/queries/${ownQuery}`),
  "get openapi": plain("/openapi.json"),
  "get catalog": plain("/v1/queries"),
  "post own tool": (of) => [
    {
      path: "/mcp",
      body: {
        ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
        params: { name: of.ownQuery.replace(".", "_"), arguments: {} },
      },
    },
  ],
};

/**
 * Returns the rows of the named queries. Each parameter that is an id gets an id of `of`. If `Ids` has no id with the
 * name of such a parameter, the row throws.
 */
export function queryRows(set: QuerySet): Readonly<Record<string, Row>> {
  return Object.fromEntries(
    [...set.queries.values()].flatMap((query): readonly [string, Row][] => {
      const path = `/v1/queries/${query.name}`;
      const call = (of: Ids) => ({
        ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
        params: { name: query.name.replaceAll(".", "_"), arguments: valuesOf(query, of) },
      });
      const post: Row = (of) => [
        ...mixed(query, of).map((body): Attempt => ({ path, body, ...looseness(query) })),
        { path: "/mcp", body: call(of), ...looseness(query) },
        ...(query.name === written.query ? mixed(query, of) : []).map((body): Attempt => ({
          ...{ path, body, headers: { "idempotency-key": of.writeKey } },
          ...looseness(query),
        })),
      ];
      const get: Row = (of) => [
        ...mixed(query, of).map((body): Attempt => ({ path: `${path}?${new URLSearchParams(body)}` })),
        {
          path: `${path}?${new URLSearchParams(mixed(query, of)[0])}`,
          headers: { "if-none-match": of.etag },
        },
        ...(query.page === undefined
          ? []
          : ["after", "before"].map((name): Attempt => ({ path: `${path}?${name}=${of.cursor}` }))),
      ];
      return query.method === "GET"
        ? [
            [`get ${path}`, get],
            [`post ${path}`, post],
          ]
        : [[`post ${path}`, post]];
    }),
  );
}

/** A write without an id among its parameters can create something that has a new id. */
const looseness = ({ method, parameters }: Query): Pick<Attempt, "isLoose"> =>
  method === "POST" && !parameters.some(isId) ? { isLoose: true } : {};

function mixed(query: Query, of: Ids): readonly Record<string, string>[] {
  return [valuesOf(query, of) as Record<string, string>];
}

const isId = ({ shape }: Parameter): boolean => shape.type === "string" && shape.format === "id";

const valuesOf = ({ parameters }: Query, of: Ids): Record<string, unknown> =>
  Object.fromEntries(
    parameters
      .filter((parameter) => isId(parameter) || (!parameter.optional && parameter.default === undefined))
      .map((parameter) => [
        parameter.name,
        isId(parameter) ? idOf(parameter, of) : sampleOf(parameter.shape),
      ]),
  );

function idOf({ name }: Parameter, of: Ids): string {
  const id = of[name as keyof Ids];
  if (id === undefined)
    throw new Error(`The isolation matrix has no id for the parameter ${name}: add it to Ids.`);
  return id;
}

function sampleOf(shape: ParameterShape): unknown {
  switch (shape.type) {
    case "string":
      return shape.format === "date-time" ? "2026-01-01T00:00:00Z" : (shape.choices?.[0] ?? written.name);
    case "integer":
    case "number":
      return shape.minimum;
    case "boolean":
      return true;
    case "json":
      return {};
    case "array":
      return [sampleOf(shape.items)];
    case "object":
      return Object.fromEntries(shape.fields.map(({ name, shape: field }) => [name, sampleOf(field)]));
  }
}
