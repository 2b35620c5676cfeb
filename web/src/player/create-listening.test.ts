import { afterEach, expect, test } from "bun:test";
import { createRoot } from "solid-js";
import { installFakeFetch, json } from "../../test/fake-fetch.ts";
import { until } from "../../../src/testing/until.ts";
import { forgetSession } from "../api/session.ts";
import type { TrackSummary } from "../api/wire.ts";
import { createLibrary } from "../library/create-library.ts";
import { createMakings } from "../making/create-makings.ts";
import { createListening } from "./create-listening.ts";

const version = { id: "v", number: 1, prompt: "rain", durationMs: 30_000, peaks: null, createdAt: "" };
const track = {
  ...{ id: "t", title: "Rain", projectId: "p", projectName: "Mine", createdAt: "" },
  versions: [{ ...version, state: "complete", requestId: null }],
} as unknown as TrackSummary;

afterEach(() => {
  forgetSession();
  Reflect.deleteProperty(globalThis, "caches");
});

/**
 * Plays a piece of 30 s from the library. `stored` lists the addresses that the browser's cache was asked to store.
 * Each attempt to store an address fails.
 */
async function setUp() {
  installFakeFetch({
    "GET /v1/accounts/session": () => json({ account: { business: "demo", email: null } }),
    "GET /v1/queries/tracks.list": () => json({ items: [track], next: null }),
  });
  const stored: string[] = [];
  const add = async (url: string) => {
    stored.push(url);
    throw new TypeError("The response has the status 404.");
  };
  Object.assign(globalThis, { caches: { open: async () => ({ keys: async () => [], add }) } });
  const studio = createRoot((dispose) => {
    const library = createLibrary();
    return { dispose, library, listening: createListening({ makings: createMakings(), library }) };
  });
  await studio.library.load();
  studio.listening.play(studio.library.get("t")!);
  return { ...studio, stored };
}

/** Simulates two seconds of playback, beginning at `from` seconds: moves the player forward in 40 steps. */
async function playOn(from: number, { player }: Awaited<ReturnType<typeof setUp>>["listening"]) {
  for (let step = 0; step < 40; step++) {
    player.seek(from + step / 20);
    await Bun.sleep(0);
  }
}

test("in the middle of a piece, the audio of the piece is requested for offline storage", async () => {
  const { listening, stored, dispose } = await setUp();
  await playOn(1, listening);
  expect(stored).toEqual([]);
  await playOn(16, listening);
  await until("the audio is requested", () => stored.length > 0);
  await playOn(18, listening);
  expect(stored).toEqual(["/v1/versions/v/audio"]);
  // The piece is heard again from its start, so its audio is requested again.
  await playOn(0, listening);
  await playOn(16, listening);
  await until("the audio is requested again", () => stored.length > 1);
  expect(stored).toHaveLength(2);
  dispose();
});

test("the audio of a piece in the trash is not requested for offline storage", async () => {
  const { library, listening, stored, dispose } = await setUp();
  const showAgain = library.drop({ kind: "track", id: "t" });
  await playOn(16, listening);
  expect(stored).toEqual([]);
  showAgain();
  await until("the audio is requested", () => stored.length > 0);
  dispose();
});
