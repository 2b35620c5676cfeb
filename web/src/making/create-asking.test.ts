import { afterEach, beforeEach, expect, test } from "bun:test";
import { createRoot } from "solid-js";
import { until } from "../../../src/testing/until.ts";
import { installFakeEventSource } from "../../test/fake-event-source.ts";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { forgetSession } from "../api/session.ts";
import { createLibrary } from "../library/create-library.ts";
import { createListening } from "../player/create-listening.ts";
import { dismiss, notices } from "../shell/notices.ts";
import { createAsking } from "./create-asking.ts";
import { createMakings } from "./create-makings.ts";

beforeEach(installFakeEventSource);
afterEach(() => {
  forgetSession();
  for (const { id } of notices()) dismiss(id);
});

/** The server can't be reached for the requests with the numbers `lost`. The first request has the number 1. */
function setUp(lost: readonly number[]) {
  const started: unknown[] = [];
  let requests = 0;
  installFakeFetch({
    "GET /v1/accounts/session": () => json({ account: { business: "demo", email: null } }),
    "GET /v1/queries/tracks.list": () => json({ items: [], next: null }),
    "POST /v1/generations": ({ body }) => {
      requests += 1;
      if (lost.includes(requests)) throw new TypeError("Failed to fetch");
      const id = started.push(body);
      return json({ requestId: `r${id}`, projectId: "p", trackId: `t${id}`, versionId: `v${id}` });
    },
  });
  const studio = createRoot((dispose) => {
    const [makings, library] = [createMakings(), createLibrary()];
    const listening = createListening({ makings, library });
    return { dispose, listening, asking: createAsking({ makings, library, listening }) };
  });
  return { ...studio, started };
}
const twoTakes = { prompt: "rain", durationSeconds: 60, seed: 7, isTwoTakes: true };
const [first, second] = [7, 8].map((seed) => ({ prompt: "rain", durationSeconds: 60, seed }));
const tryAgain = () => notices().at(-1)!.action!.run();

test("if the second of two takes can't be requested, “Try again” requests only the second take", async () => {
  const { asking, listening, started, dispose } = setUp([2]);
  await asking.make(twoTakes);
  expect([started, asking.takes()]).toEqual([[first], []]);
  expect(listening.player.playing()?.trackId).toBe("t1");
  tryAgain();
  await until("both takes are requested", () => started.length > 1 && !asking.isAsking());
  expect([started, asking.takes()]).toEqual([
    [first, second],
    ["t1", "t2"],
  ]);
  dispose();
});

test("if the first of two takes can't be requested, “Try again” requests both takes", async () => {
  const { asking, started, dispose } = setUp([1]);
  await asking.make(twoTakes);
  expect(started).toEqual([]);
  tryAgain();
  await until("both takes are requested", () => asking.takes().length === 2);
  expect(started).toEqual([first, second]);
  dispose();
});
