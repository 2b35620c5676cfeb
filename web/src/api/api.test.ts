import { afterEach, expect, test } from "bun:test";
import { broken, installFakeFetch, json } from "../../test/fake-fetch.ts";
import { listTracks, startGeneration } from "./api.ts";
import { ApiError } from "./send.ts";
import { forgetSession } from "./session.ts";

const input = { prompt: "rain", durationSeconds: 60 };
const nobody = { "GET /v1/accounts/session": () => json({ account: null }) };
const guest = () => json({ userId: "u" }, 201);
afterEach(forgetSession);

test("on a page without crypto.randomUUID, a generation can be requested", async () => {
  const { randomUUID } = crypto;
  Object.assign(crypto, { randomUUID: undefined });
  installFakeFetch({
    ...nobody,
    "POST /v1/accounts/guest": guest,
    "POST /v1/generations": () => json({ requestId: "r", trackId: "t", versionId: "v" }),
  });
  expect((await startGeneration(input)).versionId).toBe("v");
  Object.assign(crypto, { randomUUID });
});

test("a problem response becomes an ApiError with the message and code of the response", async () => {
  installFakeFetch({
    "GET /v1/queries/tracks.list": () =>
      json({ title: "Bad", detail: "Too slow.", code: "GENERATION_FAILED", hint: "Narrow it." }, 502),
  });
  const err = await listTracks({ search: "", limit: 1 }).catch((caught: unknown) => caught);
  expect(err).toBeInstanceOf(ApiError);
  expect(err).toMatchObject({
    message: "Too slow.",
    hint: "Narrow it.",
    status: 502,
    code: "GENERATION_FAILED",
  });
});

test("if a problem response lists faults, the message of the error is the first fault's message", async () => {
  installFakeFetch({
    "GET /v1/queries/tracks.list": () =>
      json({ detail: "Bad parameters.", faults: [{ at: "/prompt", message: "Say what you want." }] }, 400),
  });
  expect(listTracks({ search: "", limit: 1 })).rejects.toThrow("Say what you want.");
});

test("if the server can't be reached, the error says so", async () => {
  installFakeFetch({});
  expect(listTracks({ search: "", limit: 1 })).rejects.toThrow("The server can’t be reached.");
});

test("if the connection breaks during a response, the error says that the server can't be reached", async () => {
  installFakeFetch({ "GET /v1/queries/tracks.list": broken });
  const err = await listTracks({ search: "", limit: 1 }).catch((caught: unknown) => caught);
  expect(err).toMatchObject({ code: "UNREACHABLE", message: "The server can’t be reached." });
});

test("an error response whose body is null becomes an ApiError with the status", async () => {
  installFakeFetch({ "GET /v1/queries/tracks.list": () => json(null, 502) });
  const err = await listTracks({ search: "", limit: 1 }).catch((caught: unknown) => caught);
  expect(err).toMatchObject({ code: "UNKNOWN", status: 502, message: "The server answered 502." });
});
