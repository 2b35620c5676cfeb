import { afterEach, expect, test } from "bun:test";
import { createRoot } from "solid-js";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { forgetSession } from "../api/session.ts";
import { dismiss, notices } from "../shell/notices.ts";
import type { TrackSummary } from "../api/wire.ts";
import { createLibrary } from "./create-library.ts";

const track = (id: string, title = id): TrackSummary => ({
  ...{ id, title, projectId: "p", projectName: "Mine", createdAt: "" },
  versions: [],
});
const SESSION = "GET /v1/accounts/session";
const signedIn = { [SESSION]: () => json({ account: { business: "demo", email: null } }) };
afterEach(forgetSession);
const setUp = () => createRoot((dispose) => ({ dispose, library: createLibrary() }));
const LIST = "GET /v1/queries/tracks.list";

test("without a session the list is not requested, and is empty", async () => {
  const asked = installFakeFetch({ [SESSION]: () => json({ account: null }) });
  const { library, dispose } = setUp();
  await library.load();
  expect([asked.length - 1, library.state(), library.items().length]).toEqual([0, "ready", 0]);
  dispose();
});

test("a piece that is on two pages of the list is listed once", async () => {
  installFakeFetch({
    ...signedIn,
    [LIST]: ({ path }) =>
      path.includes("after=c1")
        ? json({ items: [track("b"), track("c")], next: null })
        : json({ items: [track("a"), track("b")], next: "c1" }),
  });
  const { library, dispose } = setUp();
  await library.load();
  expect(library.hasMore()).toBe(true);
  await library.more();
  expect(library.items().map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(library.hasMore()).toBe(false);
  dispose();
});

test("an added piece is put at the top of the list", async () => {
  installFakeFetch({
    ...signedIn,
    [LIST]: () => json({ items: [track("a", "Rain"), track("b")], next: null }),
  });
  const { library, dispose } = setUp();
  await library.load();
  library.add(track("b", "slow piano in the rain"));
  library.add(track("c"));
  expect(library.items().map(({ id, title }) => [id, title])).toEqual([
    ["c", "c"],
    ["b", "b"],
    ["a", "Rain"],
  ]);
  dispose();
});

test("a slow answer to an older request doesn't replace the answer to a newer request", async () => {
  const slow = Promise.withResolvers<void>();
  let calls = 0;
  installFakeFetch({
    ...signedIn,
    [LIST]: async () => {
      if (++calls > 1) return json({ items: [track("new")], next: null });
      await slow.promise;
      return json({ items: [track("old")], next: null });
    },
  });
  const { library, dispose } = setUp();
  const first = library.load();
  await library.load();
  slow.resolve();
  await first;
  expect(library.items().map(({ id }) => id)).toEqual(["new"]);
  dispose();
});

test("if the server refuses a new name, the old name is restored", async () => {
  installFakeFetch({
    ...signedIn,
    [LIST]: () => json({ items: [track("a", "Old")], next: null }),
    "POST /v1/queries/tracks.rename": () => json({ detail: "Not now." }, 503),
  });
  const { library, dispose } = setUp();
  await library.load();
  const renamed = library.rename("a", "New");
  expect(library.items()[0]?.title).toBe("New");
  await renamed;
  expect(library.items()[0]?.title).toBe("Old");
  expect(notices().map(({ text }) => text)).toEqual(["Not now."]);
  for (const { id } of notices()) dismiss(id);
  dispose();
});

test("if the list can't be read, an error is shown", async () => {
  installFakeFetch({ ...signedIn, [LIST]: () => json({ detail: "There is no such query." }, 404) });
  const { library, dispose } = setUp();
  await library.load();
  expect(library.state()).toBe("failed");
  expect(notices().at(-1)?.text).toBe("There is no such query.");
  for (const { id } of notices()) dismiss(id);
  dispose();
});

test("if the last version of a piece is deleted, the piece disappears from the list", async () => {
  const versions = [1, 2].map((number) => ({ number, id: `v${number}` })) as TrackSummary["versions"];
  installFakeFetch({
    ...signedIn,
    [LIST]: () => json({ items: [{ ...track("a"), versions }, track("b")], next: null }),
  });
  const { library, dispose } = setUp();
  await library.load();
  library.drop({ kind: "version", id: "v1" });
  expect(library.items()[0]?.versions.map(({ id }) => id)).toEqual(["v2"]);
  library.drop({ kind: "version", id: "v2" });
  expect(library.items().map(({ id }) => id)).toEqual(["b"]);
  library.drop({ kind: "track", id: "b" });
  expect(library.items()).toEqual([]);
  dispose();
});

test("if a piece is deleted while the list is being read, the answer doesn't restore the piece", async () => {
  const slow = Promise.withResolvers<void>();
  const answers = [Promise.resolve(), slow.promise];
  installFakeFetch({
    ...signedIn,
    [LIST]: async () => {
      await answers.shift();
      return json({ items: [{ ...track("a"), versions: [{ id: "v1" }] }], next: null });
    },
  });
  const { library, dispose } = setUp();
  await library.load();
  const again = library.load();
  library.drop({ kind: "track", id: "a" });
  slow.resolve();
  await again;
  expect(library.items()).toEqual([]);
  dispose();
});
