import { afterEach, expect, test } from "bun:test";
import { createRoot } from "solid-js";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { forgetSession } from "../api/session.ts";
import { dismiss, notices } from "../shell/notices.ts";
import { createAlbums } from "./create-albums.ts";

const SESSION = "GET /v1/accounts/session";
const album = { id: "a", name: "Late evenings", updatedAt: "", trackCount: 0 };
afterEach(() => {
  forgetSession();
  for (const { id } of notices()) dismiss(id);
});
const setUp = () => createRoot((dispose) => ({ dispose, albums: createAlbums() }));

test("a visitor without a session has no albums, and sees no error", async () => {
  const asked = installFakeFetch({ [SESSION]: () => json({ account: null }) });
  const { albums, dispose } = setUp();
  await albums.load();
  expect([albums.state(), albums.items().length, notices().length, asked.length]).toEqual(["ready", 0, 0, 1]);
  dispose();
});

test("a visitor who creates an album becomes a guest first", async () => {
  const asked = installFakeFetch({
    [SESSION]: () => json({ account: null }),
    "POST /v1/accounts/guest": () => json({}),
    "POST /v1/queries/projects.create": () => json({ item: album }),
  });
  const { albums, dispose } = setUp();
  await albums.load();
  expect((await albums.create("Late evenings"))?.id).toBe("a");
  expect(asked.map(({ path }) => path).slice(1)).toEqual([
    "/v1/accounts/guest",
    "/v1/queries/projects.create",
  ]);
  expect(notices()).toEqual([]);
  dispose();
});

test("if the next page is requested twice at once, the albums of this page are added once", async () => {
  const older = { ...album, id: "b" };
  installFakeFetch({
    [SESSION]: () => json({ account: { business: "demo", email: null } }),
    "GET /v1/queries/projects.list": ({ path }) =>
      json(path.includes("after=") ? { items: [older], next: "b" } : { items: [album], next: "a" }),
  });
  const { albums, dispose } = setUp();
  await albums.load();
  await Promise.all([albums.more(), albums.more()]);
  expect(albums.items().map(({ id }) => id)).toEqual(["a", "b"]);
  dispose();
});

test("if a new name of an album is refused, only the name of this album is restored", async () => {
  const answer = Promise.withResolvers<Response>();
  installFakeFetch({
    [SESSION]: () => json({ account: { business: "demo", email: null } }),
    "GET /v1/queries/projects.list": () => json({ items: [album, { ...album, id: "b" }], next: null }),
    "POST /v1/queries/projects.rename": () => answer.promise,
    "POST /v1/queries/projects.create": () => json({ item: { ...album, id: "c" } }),
  });
  const { albums, dispose } = setUp();
  await albums.load();
  const renaming = albums.rename("a", "Mornings");
  const shown = () => albums.items().map(({ id, name }) => `${id} ${name}`);
  expect(shown()).toEqual(["a Mornings", "b Late evenings"]);
  await albums.create("Late evenings");
  albums.drop("b");
  answer.resolve(json({ code: "CONFLICT", detail: "The name is taken." }, 409));
  await renaming;
  expect(shown()).toEqual(["c Late evenings", "a Late evenings"]);
  expect(notices().length).toBe(1);
  dispose();
});
