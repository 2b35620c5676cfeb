// Tests the Lyria RealTime generator against a stand-in for Google's server: the contract of generators, the messages
// to the server, back-pressure, reconnection, and faults of the server.
import { afterAll, describe, expect, test } from "bun:test";
import { createAudioIntake } from "../../../intake/intake.ts";
import {
  farRequest,
  faultSuite,
  outcomeOf,
  patientDeadlines,
} from "../../../testing/generators/fault-suite.ts";
import { lyriaFaultRows } from "../../../testing/generators/lyria-fault-rows.ts";
import { startLyria } from "../../../testing/servers/generators/lyria.ts";
import { until } from "../../../testing/until.ts";
import { generatorContract } from "../contract.ts";
import type { GenerationOptions, Generator } from "../generator.ts";
import { createLyria } from "./generator.ts";
import { lyria } from "./index.ts";
import { bytesPerSecond } from "./messages.ts";
import { findPlace } from "./place.ts";
import { scaleOf } from "./setup.ts";
import { soundOf } from "./sound.ts";
import { promptMsMax } from "../../../testing/measure/time-limits.ts";

const key = "lyria-s3cret";
const intake = createAudioIntake();
const contractSide = startLyria();
afterAll(async () => {
  await contractSide[Symbol.asyncDispose]();
  await intake.close();
});
const signal = (): AbortSignal => new AbortController().signal;

const open = (url: string, deadlines = patientDeadlines): Generator =>
  createLyria(findPlace(`lyria:${url}`)!, { intake, key, ...deadlines });

generatorContract({
  name: "Lyria RealTime",
  create: () => open(contractSide.url),
  takesAnyInstruction: true,
});

describe("the faults of Lyria RealTime", () => {
  faultSuite(
    lyriaFaultRows,
    async (fault, deadlines) => {
      const side = startLyria(fault);
      // Three seconds are enough for three sessions and for the pauses between them.
      const firstChunkMs = Math.max(deadlines.firstChunkMs, 3_000);
      const generator = open(side.url, { ...deadlines, firstChunkMs });
      return {
        generator,
        starts: () => side.sessions,
        open: () => side.open,
        [Symbol.asyncDispose]: async () => {
          await generator.close();
          await side[Symbol.asyncDispose]();
        },
      };
    },
    key,
  );
});

describe("the requests to Lyria RealTime", () => {
  const asked = async (options?: GenerationOptions) => {
    await using side = startLyria();
    const generator = open(side.url);
    const { failure } = await outcomeOf(generator, farRequest(options === undefined ? {} : { options }));
    await generator.close();
    await until("the session is closed", () => side.open === 0);
    return { failure, messages: side.messages, sentSeconds: side.sentSeconds };
  };

  test("begin with the settings of the session and end with STOP", async () => {
    const { messages, sentSeconds } = await asked({ tempo: 90, key: "A minor", style: "lo-fi" });
    expect(messages.slice(0, 4)).toEqual([
      { setup: { model: "models/lyria-realtime-exp" } },
      {
        clientContent: {
          weightedPrompts: [
            { text: "calm piano", weight: 1 },
            { text: "lo-fi", weight: 1 },
          ],
        },
      },
      { musicGenerationConfig: { seed: 7, bpm: 90, scale: "C_MAJOR_A_MINOR" } },
      { playbackControl: "PLAY" },
    ]);
    expect(messages.at(-1)).toEqual({ playbackControl: "STOP" });
    expect(sentSeconds).toBeLessThan(20);
  });

  test("are refused if they contain lyrics or a tempo out of range", async () => {
    expect((await asked({ lyrics: "la la" })).failure).toMatchObject({ code: "INVALID_PARAMETER" });
    expect((await asked({ tempo: 250 })).failure).toMatchObject({
      publicMessage: "This generator makes music from 60 to 200 beats a minute.",
    });
  });

  test.each([
    ["C major", "C_MAJOR_A_MINOR"],
    ["A minor", "C_MAJOR_A_MINOR"],
    ["F# minor", "A_MAJOR_G_FLAT_MINOR"],
    ["Bb", "B_FLAT_MAJOR_G_MINOR"],
    ["CM", "C_MAJOR_A_MINOR"],
    ["Cm", "E_FLAT_MAJOR_C_MINOR"],
    ["Bb M", "B_FLAT_MAJOR_G_MINOR"],
    ["c MINOR", "E_FLAT_MAJOR_C_MINOR"],
    ["e flat minor", "G_FLAT_MAJOR_E_FLAT_MINOR"],
    ["D dorian", undefined],
  ])("convert the key %s to the scale %s", (text, scale) => expect(scaleOf(text)).toBe(scale));
});

const soundOptions = (url: string, seconds: number) => ({
  url: `${findPlace(`lyria:${url}`)?.url}?key=${key}`,
  setup: { model: "m", weightedPrompts: [{ text: "calm piano", weight: 1 }], config: { seed: 1 } },
  secrets: [key],
  neededBytes: seconds * bytesPerSecond,
  limitMs: 5_000,
});

test("while the reader takes no chunks, the session is paused", async () => {
  await using side = startLyria();
  const sound = soundOf(soundOptions(side.url, 60), signal());
  let bytes = (await sound.next()).value?.length ?? 0;
  const has = (control: string) => side.messages.some(({ playbackControl }) => playbackControl === control);
  await until("the session is paused", () => has("PAUSE"));
  const sent = side.sentSeconds;
  await Bun.sleep(200);
  expect(side.sentSeconds).toBeLessThanOrEqual(sent + 4);
  expect(side.sentSeconds).toBeLessThan(30);
  for await (const part of sound) bytes += part.length;
  expect(bytes / bytesPerSecond).toBeGreaterThanOrEqual(60);
  expect(bytes / bytesPerSecond).toBeLessThan(62);
  expect(side.sessions).toBe(1);
  await until("the session is closed", () => side.open === 0);
});

test("if a session ignores PAUSE, a second session sends the rest of the audio", async () => {
  await using side = startLyria("ignores pause");
  const sound = soundOf(soundOptions(side.url, 60), signal());
  let bytes = (await sound.next()).value?.length ?? 0;
  await until("the flooding session is closed", () => side.open === 0);
  expect(side.sentSeconds).toBeLessThan(60);
  for await (const part of sound) bytes += part.length;
  expect(bytes / bytesPerSecond).toBeGreaterThanOrEqual(60);
  expect(side.sessions).toBe(2);
});

test("the audio of two sessions is joined without a gap and without a click", async () => {
  await using side = startLyria("the session ends after 4 seconds");
  const parts: Buffer[] = [];
  for await (const part of soundOf(soundOptions(side.url, 8), signal())) parts.push(part);
  const bytes = Buffer.concat(parts);
  expect(bytes.length % 4).toBe(0);
  expect(bytes.length / bytesPerSecond).toBeGreaterThanOrEqual(8);
  const left = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readInt16LE(at * 4));
  const loudnessOf = (from: number, to: number) => {
    const slice = left.slice(from * 48_000, to * 48_000);
    return Math.sqrt(slice.reduce((sum, value) => sum + value * value, 0) / slice.length);
  };
  const usual = loudnessOf(1, 2);
  for (let at = 2.5; at < 6; at += 0.1) expect(loudnessOf(at, at + 0.1) / usual).toBeWithin(0.7, 1.45);
  const steps = left.slice(1).map((value, at) => Math.abs(value - left[at]!));
  // The steepest step of a 550 Hz tone at this level is below 700. A click would be a step of thousands. The limit of
  // 1,300 lies between the two.
  expect(Math.max(...steps.slice(0, 5 * 48_000))).toBeLessThan(1_300);
});

test("an abort promptly closes the session", async () => {
  await using side = startLyria("stalls");
  const abort = new AbortController();
  const { chunks, stopped } = await open(side.url).start(farRequest(), abort.signal);
  const reading = (async () => {
    for await (const _ of chunks);
  })();
  await until("the session plays", () => side.sentSeconds > 0);
  const abortedAt = performance.now();
  abort.abort(new Error("stopped by its user"));
  await expect(reading).rejects.toThrow("stopped by its user");
  await until("the session is closed", () => side.open === 0);
  expect(performance.now() - abortedAt).toBeLessThan(promptMsMax);
  expect(await stopped).toBe("stopped");
});

test("a wrong address and a missing key are refused", async () => {
  expect(lyria.faultOf("lyria:")).toBeUndefined();
  expect(lyria.faultOf("lyria:https://x")).toContain("wss://host");
  const options = { isWarm: false, intake, ...patientDeadlines };
  await expect(lyria.open("lyria:", options)).rejects.toThrow("needs a key");
});
