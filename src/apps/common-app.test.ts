// Tests the app that all businesses share. A process reads this app from the folder in RONDO_APP.
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Business } from "../businesses/business.ts";
import { createApiDeps } from "../deps/api-deps.ts";
import { createTestStores, silentLog } from "../testing/test-stores.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createAppHouse } from "./fixtures/app-house.ts";
import { appOf } from "./fixtures/music-app.ts";

setDefaultTimeout(60_000);

const moods = {
  name: "moods",
  owner: "userId",
  columns: { mood: { type: "text" } },
  unique: [["userId", "mood"]],
};
const moodList = {
  ...{
    name: "moods.list",
    summary: "Lists.",
    method: "GET",
    scope: "user",
    tables: ["moods"],
    returns: "many",
  },
  query: { select: { from: "moods", columns: { mood: "moods.mood" }, orderBy: [{ by: "moods.id" }] } },
};

async function writeApp(folder: string, files: Readonly<Record<string, object>>): Promise<string> {
  for (const name of ["tables", "query-specs"]) await mkdir(join(folder, name), { recursive: true });
  for (const [file, content] of Object.entries(files))
    await Bun.write(join(folder, file), JSON.stringify(content));
  return folder;
}

test("every business has the tables, queries and theme of the app in RONDO_APP", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = await writeApp(directory.path, {
    "tables/moods.json": moods,
    "query-specs/moods.list.json": moodList,
    "theme.json": { name: "All" },
  });
  await using house = await createAppHouse({ RONDO_APP: folder });
  const [one, other] = [await house.createBusiness("one"), await house.createBusiness("other")];
  for (const business of [one, other]) {
    const token = await house.tokenOf(business, "alice");
    expect((await house.ask("GET", "/v1/queries/moods.list", token)).body).toEqual({ items: [] });
  }
  expect((await house.ask("GET", "/v1/themes/one", "")).body).toEqual({ name: "All" });
  expect((await house.ask("GET", "/v1/themes/nobody", "")).status).toBe(404);

  const notes = {
    name: "moodNotes",
    owner: "userId",
    columns: { moodId: { type: "id", references: "moods" }, body: { type: "text" } },
  };
  const noteList = {
    ...{
      name: "moodNotes.list",
      summary: "Lists.",
      method: "GET",
      scope: "user",
      tables: ["moodNotes", "moods"],
      returns: "many",
    },
    query: {
      select: {
        from: "moodNotes",
        joins: [{ table: "moods", on: { column: "moods.id", equals: { column: "moodNotes.moodId" } } }],
        columns: { mood: "moods.mood", body: "moodNotes.body" },
        orderBy: [{ by: "moodNotes.id" }],
      },
    },
  };
  expect((await house.put("one", appOf([notes], [noteList], { name: "One" }))).status).toBe(200);
  expect((await house.ask("GET", "/v1/themes/one", "")).body).toEqual({ name: "One" });
  const refused = await house.put("other", appOf([moods], [moodList]));
  expect(refused.body.faults.map(({ at }: { at: string }) => at)).toEqual(["tables/moods.json#/name"]);
  expect((await house.put("other", appOf([], [moodList]))).body.faults).toMatchObject([
    { at: "query-specs/moods.list.json#/name" },
  ]);
});

test("if the folder in RONDO_APP is missing or faulty, the process does not start", async () => {
  await using directory = await createTemporaryDirectory();
  const folder = await writeApp(directory.path, {
    "tables/moods.json": { ...moods, columns: { mood: { type: "words" } } },
  });
  await expect(createAppHouse({ RONDO_APP: folder })).rejects.toMatchObject({
    code: "APP_INVALID",
    faults: [{ at: "tables/moods.json#/columns/mood/type" }],
  });
  await expect(createAppHouse({ RONDO_APP: join(folder, "none") })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("if a process starts with an older folder, businesses keep the later version of the app", async () => {
  await using directory = await createTemporaryDirectory();
  const older = await writeApp(join(directory.path, "older"), { "tables/moods.json": moods });
  const later = await writeApp(join(directory.path, "later"), {
    "tables/moods.json": moods,
    "query-specs/moods.list.json": moodList,
  });
  const data = { RONDO_DATA: join(directory.path, "data") };
  const served: boolean[] = [];
  for (const folder of [older, later, older]) {
    await using stores = await createTestStores({ ...data, RONDO_APP: folder });
    if (served.length === 0) await stores.createBusiness("kept");
    const deps = await createApiDeps(stores.config, silentLog);
    const [{ id }] = (await deps.registry.list()) as [Business];
    const set = await deps.databases.use(id, (database) => deps.specs.of(id, database));
    served.push(set.queries.has("moods.list"));
    await deps.close();
  }
  expect(served).toEqual([false, true, true]);
});
