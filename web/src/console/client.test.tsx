import { afterEach, expect, test } from "bun:test";
import { cleanup, render, screen } from "@solidjs/testing-library";
import { broken, installFakeFetch, json } from "../../test/fake-fetch.ts";
import { ApiError } from "../api/send.ts";
import { call, callAs, enter, key, leave, readLines, readMetrics, readReady } from "./client.ts";
import OperatorToday from "./today/operator-today.tsx";

afterEach(cleanup);
afterEach(() => leave());

const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (err: unknown) => err,
  );
const me = () => json({ kind: "operator", business: null, scopes: null });
const migrate = () => readLines("POST", "/v1/migrations", {}, () => {});

test.each([
  ["lines", migrate],
  ["metrics", readMetrics],
])(
  "if the server can't be reached, a request for %s fails with the error code UNREACHABLE",
  async (_, request) => {
    installFakeFetch({});
    expect(await errorOf(request())).toMatchObject({ code: "UNREACHABLE" });
  },
);

test.each([
  ["lines", migrate],
  ["metrics", readMetrics],
  ["the readiness", readReady],
  ["a value", () => call("GET", "/v1/queues")],
  ["a value with a user's token", () => callAs("token", "GET", "/v1/queues")],
])(
  "if the connection breaks during the response with %s, the error code is UNREACHABLE",
  async (_, request) => {
    installFakeFetch({
      ...{ "POST /v1/migrations": broken, "GET /metrics": broken },
      ...{ "GET /ready": broken, "GET /v1/queues": broken },
    });
    expect(await errorOf(request())).toMatchObject({ code: "UNREACHABLE" });
  },
);

test("an error response whose body is null becomes an ApiError with the status", async () => {
  installFakeFetch({ "GET /metrics": () => json(null, 502) });
  expect(await errorOf(readMetrics())).toMatchObject({ status: 502, message: "The server answered 502." });
});

test.each([
  ["lines", migrate],
  ["metrics", readMetrics],
])("if the key was revoked, a request for %s removes the key from the tab", async (_, request) => {
  const refused = () => json({ code: "UNAUTHORIZED", detail: "The key is unknown." }, 401);
  installFakeFetch({ "GET /v1/manage/me": me, "GET /metrics": refused, "POST /v1/migrations": refused });
  await enter("ro_secret");
  expect(key()).toBeDefined();
  expect(await errorOf(request())).toBeInstanceOf(ApiError);
  expect(key()).toBeUndefined();
});

test("if a store can't be reached, the overview of the console names the store", async () => {
  const needs = [
    { name: "control database", ok: true, ms: 2 },
    { name: "job queue", ok: false, ms: 2_000 },
  ];
  installFakeFetch({
    "GET /ready": () =>
      json({ status: "not ready", needs, businessesNotServed: null, acceptsNewWork: true }, 503),
    "GET /v1/jobs/counts": () => json({ code: "UNAVAILABLE", detail: "The job queue is away." }, 503),
    "GET /metrics": () => new Response("rondo_stream_listeners 7\n"),
  });
  render(() => <OperatorToday />);
  await screen.findByText("not ready");
  expect(screen.getByText("job queue: can’t be reached")).toBeDefined();
  expect(screen.getByText("7")).toBeDefined();
  expect(screen.getByText("Jobs failed").nextElementSibling?.textContent).toBe("–");
  expect(screen.getByText("Businesses not served").nextElementSibling?.textContent).toBe("–");
});
