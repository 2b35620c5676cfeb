// Tests that the example app in docs/examples/listening-app returns the expected rows on SQLite.
// Where Postgres is installed, also tests that Postgres returns the same bytes.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Caller } from "../accounts/caller.ts";
import { ask, steadyClock } from "../queries/fixtures/engines.ts";
import {
  createPostgresDatabase,
  postgresPrograms,
  startPostgresServer,
} from "../testing/servers/postgres/postgres-server.ts";
import { type AppHouse, createAppHouse } from "./fixtures/app-house.ts";
import { readAppFolder } from "./read-folder.ts";

setDefaultTimeout(120_000);

const folder = join(import.meta.dir, "../../docs/examples/listening-app");
const stack = new AsyncDisposableStack();
const user = (userId: string): Caller => ({ kind: "user", businessId: "same", userId });
const [alice, bob] = [user("alice"), user("bob")];
const owner: Caller = { kind: "business", businessId: "same", keyId: "key" };

type Asker = (caller: Caller, name: string, parameters: Readonly<Record<string, unknown>>) => Promise<string>;
const engines: Asker[] = [];
const called = new Set<string>();

beforeAll(async () => {
  engines.push(await openListeningApp({}));
  const programs = postgresPrograms();
  if (programs === undefined) return;
  const url = await createPostgresDatabase(stack.use(await startPostgresServer(programs)));
  engines.push(await openListeningApp({ RONDO_CONTROL_URL: url, RONDO_BUSINESS_URL: url }));
});
afterAll(() => stack.disposeAsync());

async function openListeningApp(environment: Record<string, string>): Promise<Asker> {
  const house = stack.use(await createAppHouse(environment));
  const { id } = await house.createBusiness("listening");
  expect((await house.put("listening", await readAppFolder(folder))).body).toMatchObject({ version: 1 });
  await fill(house, id);
  const clock = steadyClock();
  return (caller, name, parameters) =>
    house.deps.databases.use(id, async (database) => {
      const set = await house.deps.specs.of(id, database);
      return ask(set, { database, clock, openAgain: async () => database }, { name, caller, parameters });
    });
}

/**
 * Stores two users with tracks. The queries count days and weeks back from 2026-11-22T08:00:00.007Z, the time that
 * `steadyClock` always returns.
 */
const fill = ({ deps }: AppHouse, businessId: string): Promise<void> =>
  deps.databases.use(businessId, async ({ kysely }) => {
    const createdAt = "2026-09-01T08:00:00.000Z";
    for (const userId of ["alice", "bob"]) {
      await kysely.insertInto("users").values({ id: userId, kind: "external", createdAt }).execute();
      const project = { id: `project-${userId}`, userId, name: "Songs", createdAt, updatedAt: createdAt };
      await kysely.insertInto("projects").values(project).execute();
    }
    for (const [id, userId, title, day] of [
      ["glass", "alice", "Rain on Glass", "2026-09-01"],
      ["cafe", "alice", "Café Rain", "2026-10-10"],
      ["piano", "alice", "Slow Piano", "2026-11-05"],
      ["drums", "bob", "Rain Drums", "2026-11-06"],
    ] as const) {
      const at = `${day}T08:00:00.000Z`;
      const track = { id, userId, projectId: `project-${userId}`, title, createdAt: at, updatedAt: at };
      await kysely.insertInto("tracks").values(track).execute();
    }
  });

/**
 * Calls a query on each engine and compares the bytes. Returns the parsed response, or the code of
 * the error.
 */
async function call(caller: Caller, name: string, parameters: Readonly<Record<string, unknown>> = {}) {
  called.add(name);
  const [body = "", ...others] = await Promise.all(engines.map((engine) => engine(caller, name, parameters)));
  for (const other of others) expect(other).toBe(body);
  return body.startsWith("{") ? JSON.parse(body) : body;
}

test("the tracks that were played most this month are listed first", async () => {
  const add = (caller: Caller, trackId: string, times?: number) =>
    call(caller, "plays.add", { trackId, ...(times === undefined ? {} : { times }) });
  expect(await add(alice, "glass")).toEqual({ item: { trackId: "glass", month: "2026-11", times: 1 } });
  expect(await add(alice, "glass", 4)).toEqual({ item: { trackId: "glass", month: "2026-11", times: 5 } });
  expect(await add(alice, "piano", 7)).toMatchObject({ item: { times: 7 } });
  expect(await add(bob, "drums", 9)).toMatchObject({ item: { times: 9 } });
  expect(await add(bob, "glass")).toBe("NOT_FOUND");
  expect(await call(alice, "plays.mostThisMonth")).toEqual({
    items: [
      { trackId: "piano", title: "Slow Piano", times: 7 },
      { trackId: "glass", title: "Rain on Glass", times: 5 },
    ],
  });
});

test("a search finds tracks by words, dates and tags", async () => {
  const [calm, quiet] = [
    { trackId: "glass", tag: "calm" },
    { trackId: "cafe", tag: "quiet" },
  ];
  expect(await call(alice, "tags.addMany", { tags: [calm, quiet, calm] })).toEqual({ items: [calm, quiet] });
  const more = { trackId: "glass", tag: "autumn" };
  expect(await call(alice, "tags.addMany", { tags: [quiet, more] })).toEqual({ items: [more] });
  expect(await call(bob, "tags.addMany", { tags: [calm] })).toBe("NOT_FOUND");

  const cafe = {
    ...{ id: "cafe", title: "Café Rain", createdAt: "2026-10-10T08:00:00.000Z" },
    tags: [{ tag: "quiet" }],
  };
  const glass = {
    ...{ id: "glass", title: "Rain on Glass", createdAt: "2026-09-01T08:00:00.000Z" },
    tags: [{ tag: "autumn" }, { tag: "calm" }],
  };
  const first = await call(alice, "tracks.find", { text: "rain", limit: 1 });
  expect(first).toEqual({ items: [cafe], next: expect.any(String), previous: null });
  expect(await call(alice, "tracks.find", { text: "rain", limit: 1, after: first.next })).toEqual({
    ...{ items: [glass], next: null, previous: expect.any(String) },
  });
  const items = async (parameters: object) =>
    (await call(alice, "tracks.find", { ...parameters })).items.map(({ id }: { id: string }) => id);
  expect(await items({ text: "cafe" })).toEqual(["cafe"]);
  expect(await items({ from: "2026-10-01T00:00:00Z", to: "2026-11-05T08:00:00Z" })).toEqual(["cafe"]);
  expect(await items({ tags: ["calm", "quiet"], orderBy: "title.desc" })).toEqual(["glass", "cafe"]);
  expect(await items({ text: "rain", tags: ["none"] })).toEqual([]);
});

test("one call swaps two positions of a playlist, and one call removes a tag from all tracks of the playlist", async () => {
  const { item } = await call(alice, "playlists.create", { title: "Evening" });
  const playlistId: string = item.id;
  for (const [at, trackId] of ["glass", "piano"].entries())
    await call(alice, "playlistItems.add", { playlistId, trackId, position: at + 1 });
  const taken = { playlistId, trackId: "cafe", position: 2 };
  expect(await call(alice, "playlistItems.add", taken)).toBe("CONFLICT");
  expect((await call(alice, "playlistItems.swap", { playlistId, one: 1, other: 2 })).items).toHaveLength(2);
  expect(await call(alice, "playlistItems.swap", { playlistId, one: 1, other: 3 })).toBe("NOT_FOUND");
  expect(await call(bob, "playlistItems.swap", { playlistId, one: 1, other: 2 })).toBe("NOT_FOUND");
  expect(await call(alice, "playlists.show", { playlistId })).toEqual({
    item: {
      ...{ id: playlistId, title: "Evening" },
      items: [
        { position: 1, trackId: "piano", title: "Slow Piano" },
        { position: 2, trackId: "glass", title: "Rain on Glass" },
      ],
    },
  });

  const tags = ["glass", "piano", "cafe"].map((trackId) => ({ trackId, tag: "late" }));
  await call(alice, "tags.addMany", { tags });
  expect(await call(bob, "tags.removeFromPlaylist", { playlistId, tag: "late" })).toEqual({ items: [] });
  const removed = await call(alice, "tags.removeFromPlaylist", { playlistId, tag: "late" });
  expect(removed.items.map(({ trackId }: { trackId: string }) => trackId).toSorted()).toEqual([
    "glass",
    "piano",
  ]);
  const rest = await call(alice, "tracks.find", { tags: ["late"] });
  expect(rest.items.map(({ id }: { id: string }) => id)).toEqual(["cafe"]);
});

/**
 * Two of these listens have another date in Berlin than in UTC, because they are just before midnight UTC. The first
 * listen is so old that no query counts it: the queries cover only the last twelve weeks or 30 days.
 */
const listens = [
  ["alice", "glass", "2026-08-01T10:00:00.000Z", 50, true],
  ["alice", "glass", "2026-10-25T00:30:00.000Z", 60, true],
  ["alice", "glass", "2026-10-25T23:30:00.000Z", 30, false],
  ["alice", "cafe", "2026-11-01T22:59:00.000Z", 90, true],
  ["alice", "cafe", "2026-11-20T23:30:00.000Z", 10, false],
  ["alice", "piano", "2026-11-21T10:00:00.000Z", 200, true],
  ["bob", "drums", "2026-11-21T12:00:00.000Z", 100, true],
] as const;

test("listens are counted per week and per day of a time zone", async () => {
  for (const [userId, trackId, startedAt, seconds, finished] of listens)
    await call(user(userId), "listens.add", { trackId, startedAt, seconds, finished });

  expect(await call(alice, "listens.perWeek")).toEqual({
    items: [
      { week: "2026-10-19", listens: 1, tracks: 1 },
      { week: "2026-10-26", listens: 2, tracks: 2 },
      { week: "2026-11-16", listens: 2, tracks: 2 },
    ],
  });

  const day = (name: string, listensSoFar: number, seconds: number, finishedShare: string) => ({
    ...{ day: name, listens: 1, listensSoFar, listeners: 1, finishedShare },
    ...{ averageSeconds: seconds, longestSeconds: seconds, medianSeconds: seconds },
  });
  expect(await call(owner, "reports.days")).toEqual({
    items: [
      day("2026-10-25", 1, 60, "1.000"),
      day("2026-10-26", 2, 30, "0.000"),
      day("2026-11-01", 3, 90, "1.000"),
      {
        ...{ day: "2026-11-21", listens: 3, listensSoFar: 6, listeners: 2, finishedShare: "0.667" },
        ...{ averageSeconds: 310 / 3, longestSeconds: 200, medianSeconds: 100 },
      },
    ],
  });

  const running = (await call(owner, "reports.running")).items as readonly Record<string, unknown>[];
  expect(running.map(({ secondsSoFar, secondsSoFarThatDay }) => [secondsSoFar, secondsSoFarThatDay])).toEqual(
    [
      [60, 60],
      [90, 30],
      [180, 90],
      [190, 10],
      [390, 210],
      [490, 310],
    ],
  );

  expect(await call(owner, "reports.listens", { limit: 1 })).toEqual({
    items: [{ userId: "bob", trackId: "drums", startedAt: "2026-11-21T12:00:00.000Z", seconds: 100 }],
    ...{ next: expect.any(String), previous: null, total: 6 },
  });
  expect(await call(alice, "reports.days")).toBe("FORBIDDEN");
});

test("the tests of this file call every query of the example", async () => {
  const { querySpecs } = (await readAppFolder(folder)) as { querySpecs: Record<string, unknown> };
  expect([...called].toSorted()).toEqual(Object.keys(querySpecs).toSorted());
});
