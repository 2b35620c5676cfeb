// Opens the app with one business and several users. The content of each response shows which user
// the response belongs to, so that run-mix.ts can check this.
import { createBusinessSpecs } from "../../../apps/business-specs.ts";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createApp } from "../../../app.ts";
import { type BusinessTables, businessSchema } from "../../../businesses/tables/schema.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import type { Database } from "../../../ports/database/database.ts";
import { loadSpecs } from "../../../queries/spec/load-specs.ts";
import { createUserToken } from "../../../accounts/users.ts";
import { createTemporaryDirectory } from "../../temporary-directory.ts";
import { createTestStores, silentLog } from "../../test-stores.ts";

export interface MixUser {
  readonly id: string;
  readonly token: string;
  /** The number of tracks, which differs between users. */
  readonly tracks: number;
}

export interface MixAnswer {
  readonly status: number;
  /** The field `item` of the JSON response; the whole response if `item` is missing or null. */
  readonly body: unknown;
}

export interface MixHouse extends AsyncDisposable {
  readonly businessId: string;
  readonly users: readonly MixUser[];
  call(
    user: MixUser,
    method: "GET" | "POST",
    query: string,
    parameters: Record<string, string>,
  ): Promise<MixAnswer>;
  /** Runs `work` on connections that the app does not use. */
  otherwise<T>(work: (database: Database<BusinessTables>) => Promise<T>): Promise<T>;
}

export const projectsPerUser = 8;
export const projectId = (user: string, at: number): string => idOf(user, "1", at);
export const trackId = (user: string, at: number): string => idOf(user, "2", at);
export const projectName = (user: string, at: number): string => `${user} base ${at}`;
export const trackTitle = (user: string, at: number): string => `${user} track ${at}`;

const idOf = (user: string, kind: string, at: number): string =>
  `0193a000-000${kind}-7000-8000-${user.slice(-4)}${at.toString(16).padStart(8, "0")}`;
const userIds = ["user0001", "user0002", "user0003", "user0004"];
const manyRequests = {
  RONDO_LIMIT_WRITES: "1000000/1m",
  RONDO_LIMIT_BUSINESS: "10000000/1m",
};

export async function openMixHouse(environment: Record<string, string>): Promise<MixHouse> {
  await using undo = new AsyncDisposableStack();
  const stores = undo.use(await createTestStores({ ...manyRequests, ...environment }));
  const deps = await createApiDeps(stores.config, silentLog);
  undo.defer(() => deps.close());
  const folder = undo.use(await createTemporaryDirectory());
  await cp(join(import.meta.dirname, "../../../../query-specs"), folder.path, { recursive: true });
  for (const spec of [slow, long])
    await writeFile(join(folder.path, `${spec.name}.json`), JSON.stringify(spec));
  const current = await loadSpecs({ dir: folder.path, schema: businessSchema });
  const specs = createBusinessSpecs({ current, close() {} }, silentLog);
  const app = createApp({ ...deps, specs });

  const business = await stores.createBusiness();
  const otherwise: MixHouse["otherwise"] = (work) => stores.deps.databases.use(business.id, work);
  const asker = { kind: "business", businessId: business.id, keyId: "mix" } as const;
  const users: MixUser[] = [];
  for (const [at, id] of userIds.entries()) {
    const { token } = await createUserToken(deps, asker, { userId: id, expiresInSeconds: 3_600 });
    users.push({ id, token, tracks: 17 + at });
  }
  await otherwise((database) => fill(database, users));

  const kept = undo.move();
  return {
    businessId: business.id,
    users,
    otherwise,
    async call({ token }, method, query, parameters) {
      const text = method === "GET" ? `?${new URLSearchParams(parameters)}` : "";
      const res = await app.request(`/v1/queries/${query}${text}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(method === "POST" ? { body: JSON.stringify(parameters) } : {}),
      });
      const body = (await res.json()) as { readonly item?: unknown };
      return { status: res.status, body: body.item ?? body };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function fill(database: Database<BusinessTables>, users: readonly MixUser[]): Promise<void> {
  const made = { createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:00.000Z" };
  const rest = { ...made, deletedAt: null, deletionId: null };
  await database.transaction(async (trx) => {
    for (const { id: userId, tracks } of users) {
      const projects = Array.from({ length: projectsPerUser }, (_, at) => ({
        id: projectId(userId, at),
        userId,
        name: projectName(userId, at),
        ...rest,
      }));
      await trx.insertInto("projects").values(projects).execute();
      const rows = Array.from({ length: tracks }, (_, at) => ({
        id: trackId(userId, at),
        userId,
        projectId: projectId(userId, at % projectsPerUser),
        title: trackTitle(userId, at),
        ...rest,
      }));
      await trx.insertInto("tracks").values(rows).execute();
    }
  });
}

/**
 * Returns the spec of a slow query. It joins the tracks of the user with themselves, once more for each name in
 * `names`, and counts the joined rows. For t tracks and n names, these are t^(n + 1) rows.
 */
const power = (name: string, names: readonly string[], timeoutMs: number) => ({
  name,
  summary: "Takes long.",
  method: "GET",
  scope: "user",
  tables: ["tracks"],
  query: {
    select: {
      from: "tracks",
      as: "a",
      joins: names.map((as) => ({
        table: "tracks",
        as,
        on: { column: `${as}.title`, notEquals: { value: "none" } },
      })),
      columns: { n: { count: "*" } },
    },
  },
  returns: "one",
  guards: { timeoutMs },
});
const slow = power("mix.slow", ["b", "c", "d", "e", "f", "g"], 200);
const long = power("mix.long", ["b", "c", "d", "e"], 15_000);
/** The exponent for `mix.long`: for a user with t tracks, the query counts t^longPower rows. */
export const longPower = 5;
