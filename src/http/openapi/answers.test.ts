// Compares responses of the app with the OpenAPI document: the status, the content type, and the
// fields of a JSON body. The formats of strings, such as date-time, are not checked.
import { createAccountLink } from "../../accounts/account-links.ts";
import { expect, setDefaultTimeout, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { createUserToken } from "../../accounts/users.ts";
import { createApp } from "../../app.ts";
import { businessSchema } from "../../businesses/tables/schema.ts";
import { parsePrompt } from "../../composer/prompt/parse-prompt.ts";
import { loadSpecs } from "../../queries/spec/load-specs.ts";
import { type JobQueue, UnrecoverableError } from "../../ports/job-queue/job-queue.ts";
import { createTestApiDeps } from "../../testing/test-api-deps.ts";
import { createStudio, type Studio } from "../../testing/studio.ts";
import { until } from "../../testing/until.ts";
import { openApiOf } from "./openapi.ts";

setDefaultTimeout(60_000);

interface ToldResponse {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

const set = await loadSpecs({ dir: "query-specs", schema: businessSchema });
const document = openApiOf({ set, url: undefined });
const paths = document.paths as Record<string, Record<string, { responses: Record<string, ToldResponse> }>>;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: "document", ...document });

/**
 * Fails if the OpenAPI document doesn't describe the response. `at` is the path as written in the
 * document. Returns the JSON body; undefined if the response has no JSON body, or if the document
 * describes no body for this status.
 */
async function held(at: string, method: string, res: Response): Promise<unknown> {
  const { responses } = paths[at]![method.toLowerCase()]!;
  const told = responses[res.status];
  expect({ at, method, status: res.status, told: told !== undefined }).toMatchObject({ told: true });
  const type = res.headers.get("content-type")?.split(";")[0];
  if (type === undefined || told?.content === undefined) return undefined;
  const { schema } = told.content[type] ?? {};
  expect({ at, method, type, told: schema !== undefined }).toMatchObject({ told: true });
  if (!type.endsWith("json")) return undefined;
  const body: unknown = await res.json();
  // References such as "#/components/…" in the schema refer to the OpenAPI document, whose id in Ajv is "document".
  const whole = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
  const validate = ajv.compile(whole);
  expect({ at, method, ok: validate(body), errors: validate.errors ?? [], body }).toMatchObject({ ok: true });
  return body;
}

test("each response of the app matches the OpenAPI document", async () => {
  await using studio = await createStudio();
  const deps = await createTestApiDeps(studio.stores.config);
  const app = createApp(deps);
  const alice = { kind: "business", businessId: studio.business.id, keyId: "test" } as const;
  const user = (await createUserToken(deps, alice, { userId: "alice", expiresInSeconds: 60 })).token;
  const operator = studio.stores.deps.operatorKey.made!;
  const { key } = await studio.deps.keys.create(studio.business.id, "", "test");
  const seen = new Set<string>();
  /**
   * Calls a route. `at` is the path as written in the document, and `values` are the values of the path parameters, in
   * order.
   */
  const call = async (
    token: string | undefined,
    [method, at, ...values]: readonly string[],
    { query = "", json, ...more }: { query?: string; json?: unknown } & RequestInit = {},
  ) => {
    const headers = new Headers(more.headers);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    if (json !== undefined) headers.set("content-type", "application/json");
    const left = [...values];
    const path = at!.replaceAll(/\{\w+\}/g, () => left.shift() ?? "none") + query;
    const sent = json === undefined ? {} : { body: JSON.stringify(json) };
    const res = await app.request(path, { method: method!, ...more, headers, ...sent });
    seen.add(`${method} ${at} ${res.status}`);
    return (await held(at!, method!, res)) as Record<string, string>;
  };

  await call(undefined, ["POST", "/v1/accounts/guest"], { json: { business: studio.business.slug } });
  const login = { business: studio.business.slug, email: "ada@example.com", password: "long enough" };
  const member = await call(undefined, ["POST", "/v1/accounts/sign-up"], { json: login });
  await call(undefined, ["POST", "/v1/accounts/sign-up"], { json: { ...login, password: "short" } });
  await call(undefined, ["POST", "/v1/accounts/sign-in"], { json: login });
  await call(undefined, ["POST", "/v1/accounts/sign-in"], { json: { ...login, password: "wrong" } });
  const closing = { ...login, email: "closing@example.com" };
  const closed = await call(undefined, ["POST", "/v1/accounts/sign-up"], { json: closing });
  await call(closed.token, ["DELETE", "/v1/accounts/me"], { json: { password: closing.password } });
  await call(undefined, ["POST", "/v1/accounts/sign-in"], { json: closing });
  await call(undefined, ["POST", "/v1/accounts/restore"], { json: closing });
  await call(undefined, ["POST", "/v1/accounts/sign-out"]);
  await call(member.token, ["GET", "/v1/accounts/me"]);
  await call(member.token, ["GET", "/v1/accounts/session"]);
  await call(undefined, ["GET", "/v1/accounts/session"]);
  await call(member.token, ["POST", "/v1/accounts/guest"], { json: { business: studio.business.slug } });
  await call(member.token, ["GET", "/v1/accounts/me/sessions"]);
  await call(member.token, ["GET", "/v1/accounts/me/export"]);
  await call(member.token, ["GET", "/v1/accounts/me/archive"]);
  const forgot = { business: studio.business.slug, email: "ada@example.com" };
  await call(undefined, ["POST", "/v1/accounts/forgot-password"], { json: forgot });
  await call(undefined, ["POST", "/v1/accounts/reset-password"], {
    json: { token: "x.y", password: "long enough" },
  });
  const email = { email: "ada2@example.com", password: "long enough" };
  await call(member.token, ["POST", "/v1/accounts/me/email"], { json: email });
  const link = await studio.deps.databases.use(studio.business.id, ({ kysely }) =>
    createAccountLink(kysely, studio.business.slug, {
      ...{ userId: member.userId!, purpose: "verify-email", email: email.email },
    }),
  );
  await call(undefined, ["POST", "/v1/accounts/verify-email"], { json: { token: link.token } });
  await call(operator, ["POST", "/v1/businesses/{slug}/reset-links", studio.business.slug], {
    json: { email: email.email },
  });
  await call(user, ["GET", "/v1/accounts/me"]);
  await call(key, ["POST", "/v1/tokens"], { json: { userId: "bob" } });
  const entry = await call(key, ["POST", "/v1/sign-in-tokens"], { json: { userId: "bob" } });
  for (const _ of ["the first use", "a second use"])
    await call(undefined, ["POST", "/v1/accounts/sign-in-with-token"], { json: { token: entry.token } });

  const leaving = await call(undefined, ["POST", "/v1/accounts/guest"], {
    json: { business: studio.business.slug },
  });
  await call(leaving.token, ["DELETE", "/v1/accounts/me"]);

  const generation = "/v1/generations/{requestId}";
  const waiting = await call(user, ["POST", "/v1/generations"], { json: { prompt: "rain" } });
  await call(user, ["GET", generation, waiting.requestId!]);
  await call(user, ["DELETE", generation, waiting.requestId!]);
  const { requestId, versionId, trackId, projectId } = await studio.make();
  await call(user, ["GET", generation, requestId]);
  await call(user, ["GET", `${generation}/events`, requestId], { query: "?offset=-1" });
  await call(user, ["GET", `${generation}/chunks`, requestId], { query: "?offset=-1" });
  await call(user, ["GET", `${generation}/chunks`, requestId], { query: "?offset=now&live=sse" });
  await call(user, ["HEAD", `${generation}/chunks`, requestId]);

  const version = "/v1/versions/{versionId}";
  const spec = JSON.stringify(parsePrompt({ prompt: "slow piano", seed: 7, durationSeconds: 30 }));
  await studio.deps.databases.use(studio.business.id, ({ kysely }) =>
    kysely.updateTable("versions").set({ spec }).where("id", "=", versionId).execute(),
  );
  await call(user, ["GET", version, versionId]);
  await call(user, ["POST", `${version}/versions`, versionId], { json: { instruction: "faster" } });
  await call(user, ["GET", `${version}/audio`, versionId], { headers: { range: "bytes=0-9" } });
  await call(user, ["GET", `${version}/audio`, versionId]);
  await call(user, ["GET", `${version}/audio`, versionId], { headers: { range: "bytes=99999999-" } });
  await call(user, ["GET", `${version}/download`, versionId]);
  await call(user, ["GET", `${version}/download`, versionId], { query: "?format=ogg" });
  await call(user, ["GET", `${version}/peaks`, versionId], { query: "?format=json" });
  await call(user, ["GET", `${version}/peaks`, versionId]);
  await call(user, ["GET", "/v1/projects/{projectId}/archive", projectId]);
  await call(user, ["GET", "/v1/archive"], { query: "?trackId=none" });
  await call(undefined, ["POST", "/v1/verify"], { body: "no music" });

  await call(user, ["GET", "/v1/projects/{projectId}/share", projectId]);
  await call(user, ["PUT", "/v1/projects/{projectId}/share", projectId]);
  await call(user, ["DELETE", "/v1/projects/{projectId}/share", projectId]);
  await call(user, ["GET", "/v1/tracks/{trackId}/share", trackId]);
  const { url } = await call(user, ["PUT", "/v1/tracks/{trackId}/share", trackId]);
  const [, slug = "", shareToken = ""] = /\/s\/([^/]+)\/([^/]+)$/.exec(url!) ?? [];
  await call(undefined, ["GET", "/s/{business}/{token}", slug, shareToken]);
  await call(undefined, ["GET", "/s/{business}/{token}", slug, "none"]);
  await call(undefined, ["GET", "/embed/{business}/{token}", slug, shareToken]);
  await call(undefined, ["GET", "/embed/{business}/{token}", slug, "none"]);
  await call(undefined, ["GET", "/s/{business}/{token}/cover.png", slug, shareToken]);
  await call(undefined, ["GET", "/s/{business}/{token}/{file}", slug, shareToken, `${versionId}.mp3`]);
  await call(undefined, ["GET", "/oembed"], { query: `?url=${encodeURIComponent(url!)}` });
  await call(user, ["DELETE", "/v1/tracks/{trackId}/share", trackId]);

  const managed = "/v1/manage/generations/{requestId}";
  await call(key, ["GET", "/v1/manage/me"]);
  await call(operator, ["GET", "/v1/manage/me"]);
  await call(key, ["GET", "/v1/manage/summary"]);
  await call(key, ["GET", "/v1/manage/generations"]);
  await call(key, ["GET", managed, requestId]);
  await call(key, ["POST", `${managed}/cancel`, waiting.requestId!]);
  await call(key, ["POST", `${managed}/retry`, waiting.requestId!]);

  const things = [
    ["/v1/versions/{versionId}", versionId],
    ["/v1/tracks/{trackId}", trackId],
    ["/v1/projects/{projectId}", projectId],
  ] as const;
  for (const [at, id] of things) {
    await call(user, ["DELETE", at, id]);
    await call(user, ["POST", `${at}/restore`, id]);
    await call(user, ["DELETE", at, id], { query: "?purge=now" });
    await call(user, ["DELETE", at, id]);
    const receipt = await call(user, ["DELETE", at, id], { query: "?purge=now" });
    await call(user, ["GET", "/v1/receipts/{receiptId}", receipt.id!]);
  }

  const own = "/v1/stream/{path}";
  await call(key, ["PUT", own, "log"], { body: "a", headers: { "content-type": "text/plain" } });
  await call(key, ["POST", own, "log"], { body: "b", headers: { "content-type": "text/plain" } });
  await call(key, ["HEAD", own, "log"]);
  await call(key, ["DELETE", own, "log"]);
  await call(key, ["GET", own, "log"]);

  await call(user, ["GET", "/v1/queries"]);
  await call(user, ["GET", "/v1/queries/tracks.list"], { query: "?limit=2" });
  await call(user, ["GET", "/v1/queries/tracks.list"], { query: "?limit=x" });

  await call(operator, ["POST", "/v1/businesses"], { json: { slug: "acme" } });
  await call(operator, ["POST", "/v1/businesses"], { json: { slug: "acme" } });
  await call(operator, ["GET", "/v1/businesses"]);
  await call(operator, ["GET", "/v1/businesses/{slug}", "acme"]);
  await call(operator, ["PATCH", "/v1/businesses/{slug}", "acme"], { json: { state: "active" } });
  const made = await call(operator, ["POST", "/v1/businesses/{slug}/keys", "acme"], { json: {} });
  await call(operator, ["GET", "/v1/businesses/{slug}/keys", "acme"]);
  await call(operator, ["GET", "/v1/businesses/{slug}/generator-keys", "acme"]);
  await call(operator, ["PUT", "/v1/businesses/{slug}/hosts", "acme"], {
    json: { hosts: ["music.acme.example"] },
  });
  await call(operator, ["GET", "/v1/businesses/{slug}/hosts", "acme"]);
  const bundle = { format: 1, theme: { name: "Acme" } };
  await call(operator, ["PUT", "/v1/businesses/{slug}/app", "acme"], { json: bundle });
  await call(operator, ["PUT", "/v1/businesses/{slug}/app", "acme"], { json: { format: 1 } });
  await call(operator, ["POST", "/v1/businesses/{slug}/app/rollback", "acme"], { json: {} });
  await call(operator, ["GET", "/v1/businesses/{slug}/app", "acme"]);
  await call(operator, ["GET", "/v1/themes/{slug}", "acme"]);
  const keyAt = "/v1/businesses/{slug}/keys/{keyId}";
  await call(operator, ["POST", `${keyAt}/rotate`, "acme", made.id!], { json: { overlapSeconds: 60 } });
  await call(operator, ["DELETE", keyAt, "acme", made.id!]);
  await call(operator, ["POST", "/v1/businesses/{slug}/undelete", "acme"]);
  await call(operator, ["DELETE", "/v1/businesses/{slug}", "acme"]);
  await call(operator, ["POST", "/v1/businesses/{slug}/undelete", "acme"]);
  const trial = await call(operator, ["POST", "/v1/businesses/{slug}/previews", "acme"], { json: {} });
  await call(operator, ["GET", "/v1/businesses/{slug}/previews", "acme"]);
  const preview = "/v1/previews/{previewId}/queries/{name}";
  await call(key, ["POST", preview, trial.id!, "business.users"], { json: {} });
  const previewed = await call(operator, ["POST", "/v1/businesses/{slug}/previews", studio.business.slug], {
    json: {},
  });
  await call(key, ["POST", preview, previewed.id!, "business.users"], { json: {} });
  await call(operator, ["DELETE", "/v1/businesses/{slug}/previews/{previewId}", "acme", trial.id!]);
  await call(operator, ["GET", "/v1/erasures"]);
  await call(operator, ["GET", "/v1/migrations"]);
  await call(operator, ["POST", "/v1/migrations"], { json: { canaries: ["nobody"] } });
  await call(operator, ["POST", "/v1/businesses/{slug}/promotion", "acme"], { json: { action: "cancel" } });
  await deps.movesHere.settled();
  await call(operator, ["GET", "/v1/businesses/{slug}/promotion", "acme"]);
  await call(operator, ["GET", "/v1/audit"]);
  await call(operator, ["GET", "/v1/generators/health"]);
  await call(key, ["GET", "/v1/manage/queries"]);
  await call(key, ["GET", "/v1/manage/queries/{name}/sql", "tracks.list"]);
  await call(key, ["GET", "/v1/usage"], { query: "?by=user" });
  await call(key, ["GET", "/v1/usage"], { query: "?from=never" });
  await call(operator, ["GET", "/v1/businesses/{slug}/usage", studio.business.slug]);
  await call(key, ["PATCH", "/v1/limits"], { json: { quotas: { user: { generations: { day: 9 } } } } });
  await call(user, ["GET", "/v1/limits"]);
  await call(key, ["GET", "/v1/limits"]);
  await call(user, ["GET", "/v1/generators"]);
  await call(key, ["GET", "/v1/generators"]);
  const userAt = "/v1/manage/users/{userId}";
  await call(key, ["GET", "/v1/manage/users"]);
  await call(key, ["GET", userAt, "bob"]);
  await call(key, ["GET", `${userAt}/export`, "bob"]);
  await call(key, ["DELETE", `${userAt}/sessions`, "bob"]);
  await call(key, ["DELETE", userAt, "bob"]);
  const webhook = { url: "https://8.8.8.8/events" };
  const { id: endpointId = "" } = await call(key, ["POST", "/v1/webhooks"], { json: webhook });
  await call(key, ["POST", "/v1/webhooks"], { json: { url: "http://127.0.0.1/" } });
  await call(key, ["GET", "/v1/webhooks"]);
  await call(operator, ["GET", "/v1/webhooks"]);
  const endpointAt = "/v1/webhooks/{id}";
  await call(key, ["GET", endpointAt, endpointId]);
  await call(key, ["PATCH", endpointAt, endpointId], { json: { state: "active" } });
  await call(key, ["POST", `${endpointAt}/rotate`, endpointId], { json: {} });
  await call(key, ["POST", `${endpointAt}/test`, endpointId]);
  await call(key, ["GET", "/v1/webhooks/deliveries"]);
  const replayAt = "/v1/webhooks/deliveries/{id}/replay";
  await call(key, ["POST", replayAt, await deadDelivery(studio)]);
  await call(key, ["POST", `${endpointAt}/replay`, endpointId]);
  await call(key, ["DELETE", endpointAt, endpointId]);
  await failOne(studio.deps.jobs);
  await call(operator, ["GET", "/v1/jobs"]);
  await call(operator, ["GET", "/v1/jobs/counts"]);
  await call(operator, ["POST", "/v1/jobs/retry"], { json: { all: true } });
  await call(operator, ["POST", "/v1/jobs/drop"], { json: { queue: "generation" } });
  await failOne(studio.deps.jobs);
  await call(operator, ["POST", "/v1/jobs/{queue}/{id}/retry", "maintenance", "one"]);
  await call(operator, ["GET", "/v1/jobs/{queue}/{id}", "generation", waiting.requestId!]);
  await call(operator, ["DELETE", "/v1/jobs/{queue}/{id}", "generation", waiting.requestId!]);

  for (const path of ["/health", "/ready", "/metrics", "/openapi.json", "/docs", "/docs/errors"])
    await call(undefined, ["GET", path]);
  await call(user, ["GET", "/v1/businesses"]);
  await call(undefined, ["GET", "/v1/jobs"]);
  // Queries and MCP tools have their own tests.
  const left = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(() => !/^\/(mcp|v1\/queries\/)/.test(path))
      .flatMap(([method, { responses }]) =>
        Object.entries(responses)
          .filter(([status, { content }]) => status.startsWith("20") && content?.["application/json"])
          .map(([status]) => `${method.toUpperCase()} ${path} ${status}`),
      ),
  );
  expect(left.filter((one) => !seen.has(one))).toEqual([]);
  await deps.close();
});

const deadDelivery = ({ deps, business }: Studio): Promise<string> =>
  deps.databases.use(business.id, async ({ kysely }) => {
    const dead = kysely.updateTable("webhookDeliveries").set({ state: "dead" }).returning("id");
    return (await dead.executeTakeFirstOrThrow()).id;
  });

async function failOne(jobs: JobQueue): Promise<void> {
  await jobs.add("maintenance", [{ id: "one", name: "thing.do", data: {}, businessId: "" }]);
  const fail = async () => {
    throw new UnrecoverableError("It can't be done.");
  };
  const worker = jobs.work("maintenance", fail, { concurrency: 1 });
  await until("the job failed", async () => {
    const [job] = await jobs.list({ queue: "maintenance", id: "one" });
    return job?.state === "failed";
  });
  await worker.close();
}
