// Creates a business for the isolation matrix, a test that sends every request with the ids of one business and the
// credentials of another. The business has one thing of each kind, so that there is an id of each kind, and one
// credential of each kind.
import { randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { applyApp } from "../../apps/apply-app.ts";
import { ownTablesOf } from "../../apps/app-versions.ts";
import { createAccountLink } from "../../accounts/account-links.ts";
import { sessionOfCookie } from "../../accounts/sessions/sessions.ts";
import type { UserCaller } from "../../accounts/caller.ts";
import { signLink } from "../../accounts/links.ts";
import type { createApp } from "../../app.ts";
import type { Business } from "../../businesses/business.ts";
import { createPreview } from "../../businesses/previews/create-preview.ts";
import {
  type AccountLinkPurpose,
  businessSchema,
  type BusinessTables,
} from "../../businesses/tables/schema.ts";
import type { ApiDeps } from "../../deps/api-deps.ts";
import type { Studio } from "../studio.ts";

export type App = ReturnType<typeof createApp>;

/** The ids that a request can contain: either those of one business, or unused ids in the same format. */
export interface Ids {
  readonly slug: string;
  /** The id of a generation that is queued and never run. It belongs to another version than `versionId`. */
  readonly requestId: string;
  readonly projectId: string;
  readonly trackId: string;
  readonly versionId: string;
  readonly receiptId: string;
  readonly keyId: string;
  readonly previewId: string;
  readonly shareToken: string;
  readonly streamPath: string;
  readonly endpointId: string;
  readonly deliveryId: string;
  /** The id of a member whom only this business has. */
  readonly memberId: string;
  /** The name of a query of the business's own app. */
  readonly ownQuery: string;
  readonly cursor: string;
  readonly etag: string;
  /** The key with which the business has started a generation. */
  readonly idempotencyKey: string;
  /** The key with which the business has created a project by a named query. */
  readonly writeKey: string;
  readonly email: string;
  readonly password: string;
  /** The id of one of the member's sessions. */
  readonly sessionId: string;
  readonly resetToken: string;
  readonly signInToken: string;
  readonly verifyToken: string;
}

/** The request headers for each kind of credential. */
type Credentials = Readonly<
  Record<
    "user token" | "guest token" | "session" | "business key" | "write token",
    Readonly<Record<string, string>>
  >
>;

export interface Tenant {
  readonly business: Business;
  readonly alice: UserCaller;
  readonly ids: Ids;
  readonly credentials: Credentials;
  /** Strings that a response to another business must not contain. */
  readonly secrets: readonly string[];
}

/**
 * The write that each business sends with its `writeKey` as Idempotency-Key. The matrix sends the same write for one
 * business with the Idempotency-Keys of another. The write must be the same, because Rondo repeats the stored response
 * of an Idempotency-Key only for the same request.
 */
export const written = { query: "projects.create", name: "sample" } as const;

const random = (): string => randomBytes(16).toString("base64url");
const ownQueryName = (): string => `own${randomBytes(8).toString("hex")}.list`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const asJson = { "content-type": "application/json" };

/** Returns ids that no business uses, in the same format as the ids of a business. */
export const missingIds = (tenant: Tenant): Ids => ({
  slug: `missing-${randomBytes(6).toString("hex")}`,
  requestId: uuidv7(),
  projectId: uuidv7(),
  trackId: uuidv7(),
  versionId: uuidv7(),
  receiptId: uuidv7(),
  keyId: uuidv7(),
  previewId: uuidv7(),
  endpointId: uuidv7(),
  deliveryId: uuidv7(),
  memberId: uuidv7(),
  shareToken: random(),
  streamPath: `notes-${random()}`,
  ownQuery: ownQueryName(),
  cursor: `${tenant.ids.cursor.slice(0, -8)}AAAAAAAA`,
  etag: `"${random()}"`,
  idempotencyKey: random(),
  writeKey: random(),
  email: `${random().toLowerCase()}@example.com`,
  password: random(),
  sessionId: random(),
  resetToken: `missing.${random()}`,
  signInToken: `missing.${random()}`,
  verifyToken: `missing.${random()}`,
});

export async function createTenant(studio: Studio, deps: ApiDeps, app: App, slug: string): Promise<Tenant> {
  const business = await studio.stores.createBusiness(slug);
  const mark = `private ${random()}`;
  const { key, id: keyId } = await deps.keys.create(business.id, mark, "test");
  const ask = async (path: string, headers: Record<string, string>, body?: object, method = "POST") => {
    const init = body === undefined ? { method, headers } : { method, headers: { ...headers, ...asJson } };
    const res = await app.request(path, { ...init, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${await res.text()}`);
    return res;
  };
  const token = await ask("/v1/tokens", bearer(key), { userId: "alice", expiresInSeconds: 3600 });
  const user = bearer(((await token.json()) as { token: string }).token);
  const alice: UserCaller = { kind: "user", businessId: business.id, userId: "alice" };

  const idempotencyKey = random();
  const purged = await studio.make({ prompt: mark, seed: 1 }, alice);
  const first = await studio.make({ prompt: mark, seed: 2, idempotencyKey }, alice);
  const running = await studio.start({ prompt: mark, seed: 3, projectId: first.projectId }, alice);
  const child = await studio.make({ prompt: mark, seed: 4, projectId: first.projectId }, alice);
  await deps.databases.use(business.id, ({ kysely }) =>
    kysely
      .updateTable("versions")
      .set({ parentId: first.versionId })
      .where("id", "=", child.versionId)
      .execute(),
  );
  await ask(`/v1/tracks/${purged.trackId}`, user, undefined, "DELETE");
  const receipt = await ask(`/v1/tracks/${purged.trackId}?purge=now`, user, undefined, "DELETE");
  const shared = await ask(`/v1/tracks/${first.trackId}/share`, user, undefined, "PUT");
  const streamPath = `notes-${random()}`;
  await app.request(`/v1/stream/${streamPath}`, {
    method: "PUT",
    headers: { ...bearer(key), "content-type": "text/plain" },
    body: mark,
  });
  const ownQuery = ownQueryName();
  await applyApp(deps.apps, "test", { slug, bundle: appWith(ownQuery) });
  await deps.databases.use(business.id, ({ kysely }) =>
    kysely
      .insertInto("ownNotes" as "projects")
      .values({ id: uuidv7(), userId: "alice", body: mark } as never)
      .execute(),
  );
  const writeKey = random();
  const answer = await ask(
    `/v1/queries/${written.query}`,
    { ...user, "idempotency-key": writeKey },
    { name: written.name },
  );
  const { item } = (await answer.json()) as { item: { id: string } };
  const list = await app.request("/v1/queries/tracks.list?limit=1", { headers: user });
  const { id: previewId } = await createPreview(deps, "test", { slug });
  const email = `${random().toLowerCase()}@example.com`;
  const password = random();
  const member = await ask("/v1/accounts/sign-up", {}, { business: slug, email, password });
  const cookie = member.headers.get("set-cookie")!.split(";", 1)[0]!;
  const idOfMember = async (res: Response) => ((await res.json()) as { userId: string }).userId;
  const memberId = await idOfMember(member);
  const forgetful = await ask("/v1/accounts/sign-up", {}, { business: slug, email: `2-${email}`, password });
  const tokenFor = async (userId: string, purpose: AccountLinkPurpose) =>
    deps.databases.use(business.id, async ({ kysely }) => {
      const link = await createAccountLink(kysely, slug, { userId, purpose, email });
      return link.token;
    });
  const guest = await ask("/v1/accounts/guest", {}, { business: slug });
  const guestToken = ((await guest.json()) as { token: string }).token;
  const shareToken = ((await shared.json()) as { url: string }).url.split("/").at(-1)!;
  const webhook = await ask("/v1/webhooks", bearer(key), { url: `https://8.8.8.8/${mark.slice(8)}` });
  const endpointId = ((await webhook.json()) as { id: string }).id;
  await ask(`/v1/webhooks/${endpointId}/test`, bearer(key), {});
  const deliveries = await ask("/v1/webhooks/deliveries", bearer(key), undefined, "GET");
  const deliveryId = ((await deliveries.json()) as { items: { id: string }[] }).items[0]!.id;
  const ids: Ids = {
    ...{ slug, keyId, previewId, ownQuery, streamPath, idempotencyKey, writeKey },
    ...{ email, password, shareToken },
    ...{ endpointId, deliveryId, memberId },
    sessionId: sessionOfCookie(decodeURIComponent(cookie.split("=")[1]!)).id,
    resetToken: await tokenFor(await idOfMember(forgetful), "reset-password"),
    signInToken: await tokenFor("alice", "sign-in"),
    verifyToken: await tokenFor(memberId, "verify-email"),
    ...{ projectId: first.projectId, trackId: first.trackId, versionId: first.versionId },
    requestId: running.requestId,
    receiptId: ((await receipt.json()) as { id: string }).id,
    cursor: ((await list.json()) as { next: string }).next,
    etag: list.headers.get("etag")!,
  };
  const untilMs = Date.now() + 3_600_000;
  const write = deps.writeTokens.issue({ businessId: business.id, ...running, untilMs });
  return {
    ...{ business, alice, ids },
    credentials: {
      "user token": user,
      "guest token": bearer(guestToken),
      session: { cookie },
      "business key": bearer(key),
      "write token": bearer(write),
    },
    secrets: [mark, key, item.id, ...Object.values(ids).filter((id) => id !== slug), business.id],
  };
}

/** Returns an app with one table, and with one query whose name no other business uses. */
const appWith = (name: string) => ({
  format: 1,
  tables: { ownNotes: { name: "ownNotes", owner: "userId", columns: { body: { type: "text" } } } },
  querySpecs: {
    [name]: {
      ...{ name, summary: "Lists the notes.", method: "GET", scope: "user", tables: ["ownNotes"] },
      query: {
        select: { from: "ownNotes", columns: { body: "ownNotes.body" }, orderBy: [{ by: "ownNotes.id" }] },
      },
      returns: "many",
    },
  },
});

/** Returns the query string of a link to a version, signed by this business. */
export const signatureOf = ({ business }: Tenant, versionId: string): string => signLink(business, versionId);

/**
 * Returns a text that contains all rows of a business, and the path, the id and the length of each of its streams. Two
 * equal texts mean that none of these has changed. The text contains neither the content of streams nor the objects.
 */
export async function contentOf(deps: ApiDeps, { business }: Tenant): Promise<string> {
  // Counts of usage that are still in memory are stored first, because their rows are a part of the text.
  await deps.usage.flush();
  const streams = await deps.chunkStore.list({ businessId: business.id });
  return deps.databases.use(business.id, async ({ kysely }) => {
    const own = (await ownTablesOf(kysely)).map(({ name }) => name);
    const tables = [...Object.keys(businessSchema), ...own] as (keyof BusinessTables)[];
    const rows: unknown[] = [];
    for (const table of tables) {
      const all: readonly object[] = await kysely.selectFrom(table).selectAll().execute();
      rows.push([table, ...all.map((row) => JSON.stringify(row)).toSorted()]);
    }
    return JSON.stringify([rows, streams.map(({ path, state }) => [path, state.id, state.tail])]);
  });
}
