import { afterEach, expect, test } from "bun:test";
import { createRoot } from "solid-js";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { forgetSession } from "../api/session.ts";
import type { TrackSummary } from "../api/wire.ts";
import { createLibrary } from "./create-library.ts";

afterEach(forgetSession);

/** Returns the piece with the number `n`. Pieces with higher numbers are newer. */
const track = (n: number): TrackSummary => ({
  ...{ id: `t${n}`, title: `Piece ${n}`, projectId: "p", projectName: "Mine", versions: [] },
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString(),
});

/** Creates a library that reads `pieces` from a fake server, which returns two pieces per page. */
function setUp(pieces: TrackSummary[]) {
  installFakeFetch({
    "GET /v1/accounts/session": () => json({ account: { business: "demo", email: null } }),
    "GET /v1/queries/tracks.get": ({ path }) =>
      json({ item: pieces.find(({ id }) => path.includes(`trackId=${id}`)) ?? null }),
    "GET /v1/queries/tracks.list": ({ path }) => {
      const query = new URLSearchParams(path.split("?")[1]);
      const at = Number(query.get("after") ?? 0);
      const found = pieces.filter(({ title }) => title.includes(query.get("search") ?? ""));
      return json({ items: found.slice(at, at + 2), next: at + 2 < found.length ? String(at + 2) : null });
    },
  });
  return createRoot((dispose) => ({ dispose, library: createLibrary() }));
}
const ids = (library: ReturnType<typeof createLibrary>) => library.items().map(({ id }) => id);

test("if the list is loaded again, it gets the new pieces and loses the deleted pieces", async () => {
  const pieces = [6, 5, 4, 3, 2, 1].map(track);
  const { library, dispose } = setUp(pieces);
  await library.load();
  await library.more();
  expect(ids(library)).toEqual(["t6", "t5", "t4", "t3"]);
  pieces.unshift(track(7));
  pieces.splice(1, 1);
  await library.load();
  expect(ids(library)).toEqual(["t7", "t5", "t4", "t3"]);
  await library.more();
  expect(ids(library)).toEqual(["t7", "t5", "t4", "t3", "t2", "t1"]);
  expect(library.hasMore()).toBe(false);
  dispose();
});

test("during a search, `get` still returns a piece that the list does not show", async () => {
  const { library, dispose } = setUp([3, 2, 1].map(track));
  await library.load();
  library.searchFor("Piece 1");
  await Bun.sleep(250);
  expect(ids(library)).toEqual(["t1"]);
  expect(library.get("t3")?.title).toBe("Piece 3");
  library.searchFor("");
  await Bun.sleep(250);
  expect(ids(library)).toEqual(["t3", "t2"]);
  dispose();
});

test("`find` returns a piece that is not loaded yet", async () => {
  const { library, dispose } = setUp([5, 4, 3, 2, 1].map(track));
  await library.load();
  expect((await library.find("t1"))?.title).toBe("Piece 1");
  expect(ids(library)).not.toContain("t1");
  expect(await library.find("t9")).toBeUndefined();
  dispose();
});

test("a piece that is added while the list is loaded stays in the list", async () => {
  const { library, dispose } = setUp([2, 1].map(track));
  await library.load();
  const reading = library.load();
  library.add(track(9));
  await reading;
  expect(ids(library)).toEqual(["t9", "t2", "t1"]);
  dispose();
});
