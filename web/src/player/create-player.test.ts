// Tests which position the player sets if the position was chosen before the metadata of the piece arrive.
import { afterEach, describe, expect, spyOn, test } from "bun:test";
import { createRoot } from "solid-js";
import { createPlayer, type Playable } from "./create-player.ts";

const piece: Playable = {
  ...{ versionId: "v1", trackId: "t1", requestId: null, title: "Harp", prompt: "harp" },
  ...{ url: "/v1/versions/v1/audio", growing: false, seconds: 30 },
};
const another: Playable = { ...piece, versionId: "v2", trackId: "t2", url: "/v1/versions/v2/audio" };

let end: () => void = () => undefined;
afterEach(() => {
  end();
  Reflect.deleteProperty(globalThis, "MediaSource");
});

/** Opens a player. Its audio element has no metadata until the test calls `getMetadata`. */
function openPlayer() {
  const player = createRoot((dispose) => {
    end = dispose;
    return createPlayer({ endOf: ({ seconds }) => seconds, isWhole: ({ growing }) => !growing });
  });
  const { audio } = player;
  spyOn(audio, "play").mockResolvedValue(undefined);
  const give = (readyState: number, ranges: number) => {
    Object.defineProperty(audio, "readyState", { value: readyState, configurable: true });
    Object.defineProperty(audio, "seekable", { value: { length: ranges }, configurable: true });
  };
  give(0, 0);
  return {
    player,
    audio,
    getMetadata({ isSeekable = true } = {}) {
      give(1, isSeekable ? 1 : 0);
      audio.dispatchEvent(new Event("loadedmetadata"));
    },
  };
}

describe("a position that is chosen before the metadata of the piece arrive", () => {
  test("is set in the audio element when the metadata arrive", () => {
    const { player, audio, getMetadata } = openPlayer();
    player.open(piece, { at: 12 });
    expect(audio.currentTime).toBe(0);
    audio.dispatchEvent(new Event("timeupdate"));
    expect(player.seconds()).toBe(12);
    getMetadata();
    expect(audio.currentTime).toBe(12);
  });

  test("is replaced by a position that is chosen later", () => {
    const { player, audio, getMetadata } = openPlayer();
    player.open(piece);
    player.seek(5);
    player.seekBy(10);
    expect([audio.currentTime, player.seconds()]).toEqual([0, 15]);
    getMetadata();
    expect(audio.currentTime).toBe(15);
    player.seek(20);
    expect(audio.currentTime).toBe(20);
  });

  test("is not used for the next piece", () => {
    const { player, audio, getMetadata } = openPlayer();
    player.open(piece, { at: 12 });
    player.open(another);
    getMetadata();
    expect(audio.currentTime).toBe(0);
  });

  test("is not used for a next piece that is still being made", () => {
    globalThis.MediaSource = class extends EventTarget {
      static isTypeSupported = () => true;
    } as unknown as typeof MediaSource;
    const objectUrl = spyOn(URL, "createObjectURL").mockReturnValue("blob:http://localhost/1");
    const { player, audio, getMetadata } = openPlayer();
    player.open(piece, { at: 12 });
    player.expect();
    getMetadata();
    expect(audio.currentTime).toBe(0);
    objectUrl.mockRestore();
  });

  test("is dropped if the browser can't seek in the piece", () => {
    const { player, audio, getMetadata } = openPlayer();
    player.open({ ...piece, growing: true }, { at: 12 });
    getMetadata({ isSeekable: false });
    expect([audio.currentTime, player.seconds()]).toEqual([0, 0]);
  });
});

test("if another piece is opened, a piece that could not be loaded is not loaded again", async () => {
  const { player, audio } = openPlayer();
  player.open(piece);
  audio.dispatchEvent(new Event("error"));
  player.open(another);
  const started = (audio.play as unknown as ReturnType<typeof spyOn>).mock.calls.length;
  await Bun.sleep(900);
  expect((audio.play as unknown as ReturnType<typeof spyOn>).mock.calls.length).toBe(started);
});
