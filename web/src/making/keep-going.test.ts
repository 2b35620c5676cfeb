// Tests "Keep going" with a player and requests that each test controls.
import { afterEach, expect, test } from "bun:test";
import { createRoot, createSignal } from "solid-js";
import { until } from "../../../src/testing/until.ts";
import type { TrackSummary } from "../api/wire.ts";
import type { Listening } from "../player/create-listening.ts";
import type { Playable } from "../player/create-player.ts";
import { createEmitter } from "../signals/emitter.ts";
import { dismiss, notices } from "../shell/notices.ts";
import { keepGoing } from "./keep-going.ts";

afterEach(() => {
  for (const { id } of notices()) dismiss(id);
});

const LENGTH_SECONDS = 60;
const piece = { versionId: "v1", trackId: "t1" } as Playable;
const similar = { id: "t2" } as TrackSummary;

/** Plays one piece. The requests with the numbers `failing` fail; the first request has the number 1. */
function setUp(failing: readonly number[]) {
  const [seconds, setSeconds] = createSignal(0);
  const ended = createEmitter<void>();
  const seen = { requests: 0, played: [] as TrackSummary[] };
  const listening = {
    ended,
    duration: () => LENGTH_SECONDS,
    repeat: () => "more",
    isMaking: () => false,
    play: (track: TrackSummary) => seen.played.push(track),
    player: { playing: () => piece, seconds, isSounding: () => true },
  } as unknown as Listening;
  const asking = {
    async another() {
      seen.requests += 1;
      if (failing.includes(seen.requests)) throw new TypeError("Failed to fetch");
      return similar;
    },
  };
  const dispose = createRoot((end) => {
    keepGoing({ listening, asking });
    return end;
  });
  return {
    seen,
    dispose,
    /** Plays the last twelve seconds with many changes of the position, and waits for the requests. */
    async playToEnd() {
      for (let at = LENGTH_SECONDS - 12; at < LENGTH_SECONDS; at += 0.25) {
        setSeconds(at);
        await Promise.resolve();
      }
      ended.emit();
      await new Promise((resolve) => setTimeout(resolve));
    },
    playAgain: () => setSeconds(0),
  };
}

test("near the end of a piece, a similar piece is requested once, and plays after the end", async () => {
  const { seen, playToEnd, dispose } = setUp([]);
  await playToEnd();
  await until("the similar piece plays", () => seen.played.length > 0);
  expect(seen).toEqual({ requests: 1, played: [similar] });
  dispose();
});

test("a failed request is not repeated until the piece is played again", async () => {
  const { seen, playToEnd, playAgain, dispose } = setUp([1]);
  await playToEnd();
  expect(seen).toEqual({ requests: 1, played: [] });
  expect(notices()).toHaveLength(1);
  playAgain();
  await playToEnd();
  expect(seen).toEqual({ requests: 2, played: [similar] });
  dispose();
});
