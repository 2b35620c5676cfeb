import { expect, test } from "bun:test";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { ApiError, ensureSession, hasSession, listTracks, startGeneration } from "./api.ts";

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();
const guest = () => json({ userId: "u", expiresAt: aMomentAgo(), sessionExpiresAt: tomorrow() }, 201);
/** The token that comes along is short-lived, and the page has no use for it. */
const aMomentAgo = () => new Date(Date.now() - 1).toISOString();
const input = { prompt: "rain", durationSeconds: 60 };

test("several callers at once make one guest", async () => {
  const asked = installFakeFetch({ "POST /v1/accounts/guest": guest });
  await Promise.all([ensureSession(), ensureSession(), ensureSession()]);
  expect(asked.map(({ path, body }) => [path, body])).toEqual([["/v1/accounts/guest", { business: "demo" }]]);
  expect(hasSession()).toBe(true);
});

test("a session that has run out counts as none", () => {
  localStorage.setItem("rondo.session", new Date(Date.now() - 1).toISOString());
  expect(hasSession()).toBe(false);
});

test("a session the server has forgotten is replaced, and the call made again", async () => {
  localStorage.setItem("rondo.session", tomorrow());
  let refusals = 1;
  const asked = installFakeFetch({
    "POST /v1/accounts/guest": guest,
    "POST /v1/generations": () =>
      refusals-- > 0 ? json({ detail: "Who?" }, 401) : json({ requestId: "r", trackId: "t", versionId: "v" }),
  });
  expect((await startGeneration(input)).requestId).toBe("r");
  expect(asked.map(({ path }) => path)).toEqual(["/v1/generations", "/v1/accounts/guest", "/v1/generations"]);
});

test("music can be asked for where the page came over plain HTTP, which has no randomUUID", async () => {
  const { randomUUID } = crypto;
  Object.assign(crypto, { randomUUID: undefined });
  installFakeFetch({
    "POST /v1/accounts/guest": guest,
    "POST /v1/generations": () => json({ requestId: "r", trackId: "t", versionId: "v" }),
  });
  expect((await startGeneration(input)).versionId).toBe("v");
  Object.assign(crypto, { randomUUID });
});

test("a problem becomes the sentence and the hint it holds", async () => {
  installFakeFetch({
    "GET /v1/queries/tracks.list": () =>
      json({ title: "Bad", detail: "Too slow.", code: "QUERY_TIMEOUT", hint: "Narrow it." }, 504),
  });
  const err = await listTracks({ search: "", limit: 1 }).catch((caught: unknown) => caught);
  expect(err).toBeInstanceOf(ApiError);
  expect(err).toMatchObject({ message: "Too slow.", hint: "Narrow it.", status: 504, code: "QUERY_TIMEOUT" });
});

test("the first fault of a problem is more telling than its title", async () => {
  installFakeFetch({
    "GET /v1/queries/tracks.list": () =>
      json({ detail: "Bad parameters.", faults: [{ at: "/prompt", message: "Say what you want." }] }, 400),
  });
  expect(listTracks({ search: "", limit: 1 })).rejects.toThrow("Say what you want.");
});

test("a server that can't be reached is said so, in words", async () => {
  installFakeFetch({});
  expect(listTracks({ search: "", limit: 1 })).rejects.toThrow("Rondo can't be reached.");
});
