import { afterEach, expect, test } from "bun:test";
import { createRoot } from "solid-js";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { forgetSession } from "../api/session.ts";
import { dismiss, notices, undoLast } from "../shell/notices.ts";
import type { Deletion } from "../api/wire.ts";
import { createLibrary } from "./create-library.ts";
import { createTrash } from "./create-trash.ts";

afterEach(forgetSession);
afterEach(() => {
  for (const { id } of notices()) dismiss(id);
});

const item = { id: "t", title: "Low tide", projectId: "p", projectName: "Mine", createdAt: "", versions: [] };
const deletion = { id: "d", kind: "track", subjectId: "t", title: "Low tide", versionCount: 1 } as Deletion;

/** Creates a library and a trash, and fakes a server with one piece that can be deleted and restored. */
function setUp(answers: Parameters<typeof installFakeFetch>[0] = {}) {
  let isThrown = false;
  installFakeFetch({
    "GET /v1/accounts/session": () => json({ account: { business: "demo", email: null } }),
    "GET /v1/queries/tracks.list": () => json({ items: isThrown ? [] : [item], next: null }),
    "GET /v1/queries/trash.list": () => json({ items: isThrown ? [deletion] : [], next: null }),
    "DELETE /v1/tracks/t": () => {
      isThrown = true;
      return json(deletion);
    },
    "POST /v1/tracks/t/restore": () => {
      isThrown = false;
      return json({});
    },
    ...answers,
  });
  return createRoot((dispose) => {
    const library = createLibrary();
    const left: string[] = [];
    const leave = (gone: readonly { id: string }[]) => void left.push(...gone.map(({ id }) => id));
    return { dispose, library, left, trash: createTrash({ library, leave }) };
  });
}
const until = async (isSo: () => boolean) => {
  while (!isSo()) await Promise.resolve();
};

test("if the deletion of a piece is undone, the piece is in the list again", async () => {
  const { library, trash, dispose } = setUp();
  await library.load();
  const put = trash.put({ kind: "track", id: "t" }, "Low tide");
  expect(library.items()).toHaveLength(0);
  await put;
  expect(notices().map(({ text }) => text)).toEqual(["Low tide is in the trash."]);
  undoLast();
  expect(notices()).toHaveLength(0);
  await until(() => library.items().length === 1);
  dispose();
});

test("if the server refuses the deletion of a piece, the piece is in the list again", async () => {
  const { library, trash, dispose } = setUp({
    "DELETE /v1/tracks/t": () => json({ detail: "Not now." }, 503),
  });
  await library.load();
  await trash.put({ kind: "track", id: "t" }, "Low tide");
  expect(library.items()).toHaveLength(1);
  expect(notices().map(({ text, action }) => [text, action])).toEqual([["Not now.", undefined]]);
  dispose();
});

test("a restored piece leaves the trash and is in the list again", async () => {
  const { library, trash, dispose } = setUp();
  await trash.put({ kind: "track", id: "t" }, "Low tide");
  await trash.load();
  await trash.restore(trash.items()[0]!);
  expect([trash.items().length, library.items().length]).toEqual([0, 1]);
  dispose();
});

test("if the server refuses a purge, the deleted piece stays in the trash", async () => {
  const answers = [json({ detail: "Not now." }, 503), json({}, 202)];
  const { trash, dispose } = setUp();
  await trash.put({ kind: "track", id: "t" }, "Low tide");
  await trash.load();
  const asked = installFakeFetch({ "DELETE /v1/tracks/t": () => answers.shift()! });
  await trash.purge(deletion);
  expect(trash.items()).toHaveLength(1);
  await trash.purge(deletion);
  expect(trash.items()).toHaveLength(0);
  expect(asked.at(-1)?.path).toBe("/v1/tracks/t?purge=now");
  dispose();
});

test("if the trash can't be read, its state is failed", async () => {
  const { trash, dispose } = setUp({ "GET /v1/queries/trash.list": () => json({}, 503) });
  await trash.load();
  expect(trash.state()).toBe("failed");
  dispose();
});

test("a visitor without a session has an empty trash", async () => {
  const { trash, dispose } = setUp({
    "GET /v1/accounts/session": () => json({ account: null }),
    "GET /v1/queries/trash.list": () => json({ code: "UNAUTHENTICATED" }, 401),
  });
  await trash.load();
  expect([trash.state(), trash.items().length, notices().length]).toEqual(["ready", 0, 0]);
  dispose();
});

test("pressing “Show more” twice adds the next page once", async () => {
  const older = { ...deletion, id: "e", subjectId: "u" };
  const asked = installFakeFetch({
    "GET /v1/accounts/session": () => json({ account: { business: "demo", email: null } }),
    "GET /v1/queries/trash.list": ({ path }) =>
      json(path.includes("after=") ? { items: [older], next: "b" } : { items: [deletion], next: "a" }),
  });
  const { trash, dispose } = createRoot((dispose) => ({
    dispose,
    trash: createTrash({ library: createLibrary(), leave: () => {} }),
  }));
  await trash.load();
  await Promise.all([trash.more(), trash.more()]);
  expect(trash.items().map(({ id }) => id)).toEqual(["d", "e"]);
  await trash.more();
  expect(asked.filter(({ path }) => path.includes("after=b"))).toHaveLength(1);
  dispose();
});

test("if the deletion of several pieces fails, one notice counts the pieces", async () => {
  const { trash, dispose } = setUp({ "DELETE /v1/tracks/t": () => Promise.reject(new TypeError("offline")) });
  await trash.putAll(["t", "u", "v"]);
  expect(notices().map(({ text }) => text)).toEqual([
    "3 pieces were not deleted, because the server can’t be reached.",
  ]);
  const done = () => json({});
  const asked = installFakeFetch({
    "DELETE /v1/tracks/t": done,
    "DELETE /v1/tracks/u": done,
    "DELETE /v1/tracks/v": done,
  });
  notices()[0]!.action!.run();
  await until(() => notices().some(({ text }) => text === "3 pieces are in the trash."));
  expect(asked.filter(({ method }) => method === "DELETE")).toHaveLength(3);
  dispose();
});

test("if only some of the deleted pieces can be restored, the restored pieces are in the list again", async () => {
  const listed = new Set(["t"]);
  const { library, trash, dispose } = setUp({
    "GET /v1/queries/tracks.list": () => json({ items: listed.has("t") ? [item] : [], next: null }),
    "DELETE /v1/tracks/t": () => {
      listed.delete("t");
      return json(deletion);
    },
    "DELETE /v1/tracks/u": () => json(deletion),
    "POST /v1/tracks/t/restore": () => {
      listed.add("t");
      return json({});
    },
    "POST /v1/tracks/u/restore": () => json({ detail: "Not now." }, 503),
  });
  await library.load();
  await trash.putAll(["t", "u"]);
  expect(library.items()).toHaveLength(0);
  undoLast();
  await until(() => notices().length > 0);
  expect(notices().map(({ text }) => text)).toEqual(["Not now."]);
  expect(library.items().map(({ id }) => id)).toEqual(["t"]);
  dispose();
});
