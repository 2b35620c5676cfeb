// Starts several generations with each generator, and ends each generation in one of three ways, chosen at random: its
// signal is aborted, the reader stops early without an abort, or the reader reads to the end. Then tests that no
// connection to the generator's server is open. For acestep.cpp, also tests that no task runs on the server.
import { afterAll, expect, test } from "bun:test";
import { createAudioIntake } from "../../intake/intake.ts";
import type { Generator } from "../../ports/generator/generator.ts";
import { openGenerator } from "../../ports/generator/open.ts";
import { startAceStep } from "../servers/generators/acestep.ts";
import { startElevenLabs } from "../servers/generators/elevenlabs.ts";
import { startLyria } from "../servers/generators/lyria.ts";
import { startOnePost } from "../servers/generators/one-post.ts";
import { mp3Sound, wavSound } from "../sound/far-sound.ts";
import { until } from "../until.ts";
import { farRequest } from "./fault-suite.ts";

const intake = createAudioIntake();
afterAll(() => intake.close());
const mp3 = await mp3Sound();
const wav = await wavSound();
const key = "lyria-s3cret";

interface FarSideOf extends AsyncDisposable {
  readonly address: string;
  /** The number of open connections to the server plus, with acestep.cpp, the number of the server's running tasks. */
  readonly open: number;
}

const sides: Readonly<Record<string, () => Promise<FarSideOf>>> = {
  ElevenLabs: async () => {
    const side = await startElevenLabs(mp3, "sends single bytes");
    return sideOf(`elevenlabs:${side.url}?mode=plan`, () => side.open, side);
  },
  "ACE-Step (Python)": async () => {
    const side = await startAceStep("python", wav);
    return sideOf(`acestep+${side.url}`, () => side.open, side);
  },
  "acestep.cpp": async () => {
    const side = await startAceStep("cpp", wav);
    return sideOf(`acestep+${side.url}`, () => side.open + side.tasks.running, side);
  },
  "audio over HTTP": async () => {
    const side = await startOnePost(wav, "slow first byte");
    return sideOf(`audio+${side.url}?dialect=localai`, () => side.open, side);
  },
  "Lyria RealTime": async () => {
    const side = startLyria("none", key);
    return sideOf(`lyria:${side.url}`, () => side.open, side);
  },
};

const sideOf = (address: string, open: () => number, side: AsyncDisposable): FarSideOf => ({
  address,
  get open() {
    return open();
  },
  [Symbol.asyncDispose]: () => side[Symbol.asyncDispose](),
});

const open = (address: string): Promise<Generator> => {
  const [, scheme = ""] = /^([^:]+):/.exec(address) ?? [];
  const options = { isWarm: true, intake, key, firstChunkMs: 20_000, stallMs: 20_000 };
  return openGenerator({ scheme, location: address }, options);
};

/** Returns a function that returns the same pseudo-random numbers from 0 to 1 in each run. */
const createRandom = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return seed / 2 ** 31;
};

/** Returns how the generation ended: "whole" (read to the end), "left" (abandoned) or "aborted". */
async function run(generator: Generator, random: () => number): Promise<string> {
  const abort = new AbortController();
  const [kind, chunksMax, abortMs] = [random(), Math.floor(random() * 6), random() * 1_500];
  const timer = kind < 0.5 ? setTimeout(() => abort.abort(new Error("aborted")), abortMs) : undefined;
  try {
    const { chunks } = await generator.start(farRequest(), abort.signal);
    let count = 0;
    for await (const _ of chunks) if (kind > 0.75 && count++ >= chunksMax) return "left";
    return "whole";
  } catch (err) {
    if (err === abort.signal.reason) return "aborted";
    throw err;
  } finally {
    clearTimeout(timer);
  }
}

test.each(Object.entries(sides))(
  "with %s, no connection to the generator's server stays open after a run has ended",
  async (_, start) => {
    await using side = await start();
    const generator = await open(side.address);
    const random = createRandom(7);
    const ends: string[] = [];
    for (let round = 0; round < 2; round++) {
      ends.push(...(await Promise.all(Array.from({ length: 10 }, () => run(generator, random)))));
    }
    expect(ends.length).toBe(20);
    expect(new Set(ends).size).toBeGreaterThan(1);
    await until("nothing is open on the generator's server", () => side.open === 0);
    await generator.close();
  },
  60_000,
);
