import { expect, onTestFinished, test } from "bun:test";
import { createRoot, createSignal } from "solid-js";
import type { Player } from "./create-player.ts";
import { createMediaSession } from "./create-media-session.ts";

test("the lock screen shows no position until the duration of the new piece is known", () => {
  const states: (MediaPositionState | undefined)[] = [];
  const session = {
    setActionHandler() {},
    setPositionState: (state?: MediaPositionState) => void states.push(state),
  };
  Object.defineProperty(navigator, "mediaSession", { value: session, configurable: true });
  onTestFinished(() => void Reflect.deleteProperty(navigator, "mediaSession"));
  const [seconds, setSeconds] = createSignal(60);
  const player = { playing: () => ({}), seconds: () => 0, speed: () => 1, isSounding: () => true };
  Object.assign(globalThis, { MediaMetadata: class {} });
  const dispose = createRoot((end) => {
    createMediaSession({
      ...{ player: player as unknown as Player, seconds, peaks: () => null },
      ...{ previous() {}, next() {} },
    });
    return end;
  });
  setSeconds(Number.NaN);
  setSeconds(30);
  dispose();
  const position = (duration: number) => ({ duration, position: 0, playbackRate: 1 });
  expect(states).toEqual([position(60), undefined, position(30)]);
});
