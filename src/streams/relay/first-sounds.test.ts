// Tests the measured time until the first sound. The test controls the clock and the arrival of the sound.
import { expect, test } from "bun:test";
import { v7 as uuidv7 } from "uuid";
import type { StreamState } from "../../ports/chunk-store/chunk-store.ts";
import { audioKey } from "../stream-keys.ts";
import { createFirstSounds } from "./first-sounds.ts";
import type { Tail } from "./tail.ts";

function tailAt(bytes: number) {
  const wakes = new Set<(state: StreamState | undefined) => void>();
  const stateOf = (tail: number) => ({ tail, closed: false }) as StreamState;
  let state = stateOf(bytes);
  const tail = {
    state: () => state,
    onChange(wake: (state: StreamState | undefined) => void) {
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
  } as unknown as Tail;
  const grow = (to: number) => {
    state = stateOf(to);
    for (const wake of wakes) wake(state);
  };
  return { tail, grow };
}

test("the time until the first sound is measured once for each new piece", () => {
  let now = Date.now();
  const heard: [string, number][] = [];
  const sounds = createFirstSounds(() => now);
  sounds.onHeard((businessId, ms) => heard.push([businessId, ms]));
  const id = () => uuidv7({ msecs: now });

  const waited = audioKey("acme", id());
  const empty = tailAt(0);
  sounds.joined(waited, empty.tail);
  now += 150;
  empty.grow(0);
  empty.grow(400);
  empty.grow(800);
  sounds.joined(waited, empty.tail);
  expect(heard).toEqual([["acme", 150]]);

  const there = audioKey("globex", id());
  now += 90;
  sounds.joined(there, tailAt(400).tail);
  expect(heard.at(-1)).toEqual(["globex", 90]);

  const old = audioKey("acme", id());
  now += 60_000;
  sounds.joined(old, tailAt(400).tail);
  sounds.joined({ businessId: "acme", path: "own/log" }, tailAt(4).tail);
  expect(heard).toHaveLength(2);
});
