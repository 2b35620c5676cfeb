// Tests Rondo with MusicGen as its generator. MusicGen runs with a tiny model. Eight listeners send eight prompts, and
// each listener gets the piece for their own prompt, although MusicGen makes all eight pieces at the same time.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { startMusicgen } from "../../generator-server/musicgen-process.ts";
import { missingForPython } from "../../runners/python-generator.ts";
import { onCi } from "../../runners/on-ci.ts";
import { freePort } from "../../servers/free-port.ts";
import { decodeByFfmpeg } from "../../sound/test-sound.ts";
import { until } from "../../until.ts";
import { createRondoClient, type RondoClient, type Started } from "../processes/rondo-client.ts";
import { type RondoProcesses, startRondo } from "../processes/rondo-processes.ts";

setDefaultTimeout(300_000);

const missing = [...missingForPython(), ...["ffmpeg"].filter((program) => Bun.which(program) === null)];
if (missing.length > 0 && onCi)
  throw new Error(`on CI no test is skipped, but these programs are missing: ${missing.join(", ")}`);
if (missing.length > 0) console.warn(`skipped: ${missing.join(" and ")} not on this machine`);

const seconds = 10;
const wishes = Array.from({ length: 8 }, (_, number) => ({
  prompt: `piece number ${number}`,
  seed: 100 + number,
  durationSeconds: seconds,
}));

/** Returns the Pearson correlation of the samples, up to the end of the shorter sound; 1 for equal sounds. */
function likenessOf(one: Int16Array, other: Int16Array): number {
  const count = Math.min(one.length, other.length);
  const [meanOfOne, meanOfOther] = [one, other].map((samples) => {
    let sum = 0;
    for (let at = 0; at < count; at++) sum += samples[at]!;
    return sum / count;
  }) as [number, number];
  let [product, ofOne, ofOther] = [0, 0, 0];
  for (let at = 0; at < count; at++) {
    const [left, right] = [one[at]! - meanOfOne, other[at]! - meanOfOther];
    product += left * right;
    ofOne += left ** 2;
    ofOther += right ** 2;
  }
  return product / Math.sqrt(ofOne * ofOther);
}

describe.skipIf(missing.length > 0)("with MusicGen as the generator", () => {
  let musicgen: Awaited<ReturnType<typeof startMusicgen>>;
  let rondo: RondoProcesses;
  let client: RondoClient;

  beforeAll(async () => {
    musicgen = await startMusicgen();
    rondo = await startRondo({ PORT: String(freePort()), RONDO_GENERATOR_URL: musicgen.url });
    client = await createRondoClient(rondo.url);
  });
  afterAll(async () => {
    await rondo?.[Symbol.asyncDispose]();
    await musicgen?.[Symbol.asyncDispose]();
  });

  const samplesOf = async (audio: string) =>
    decodeByFfmpeg(new Uint8Array(await (await fetch(audio)).arrayBuffer()));

  /**
   * Requests a piece of 3 s, with the same prompt and seed, from the generator itself, without Rondo. Returns the first
   * 2 s of this piece, because the last second fades out.
   */
  async function expectedOf(wish: (typeof wishes)[number], number: number): Promise<Int16Array> {
    const ids = { businessId: "test", userId: "test", requestId: `direct-${number}`, rowId: `row-${number}` };
    const answer = await fetch(`${musicgen.url}/generate`, {
      method: "POST",
      body: JSON.stringify({ ...ids, ...wish, durationSeconds: 3 }),
    });
    const samples = await decodeByFfmpeg(new Uint8Array(await answer.arrayBuffer()));
    return samples.subarray(0, 2 * 2 * 44_100);
  }

  test("each listener of eight concurrent pieces hears the piece for their own prompt", async () => {
    const started: readonly Started[] = await Promise.all(wishes.map((wish) => client.start(wish)));
    const listening = Promise.all(started.map(({ links }) => samplesOf(links.audio)));
    await until(
      "all eight slots are in use",
      async () => {
        const health = (await (await fetch(`${musicgen.url}/health`)).json()) as { free: number };
        return health.free === 0;
      },
      60_000,
    );
    const heard = await listening;
    const states = await Promise.all(started.map(client.untilEnded));
    expect(states.map(({ state, reason }) => [state, reason])).toEqual(wishes.map(() => ["complete", null]));
    for (const samples of heard) expect(samples.length / 2 / 44_100).toBeWithin(seconds - 0.1, seconds + 0.2);
    const expected = await Promise.all(wishes.map(expectedOf));
    for (const [number, samples] of heard.entries()) {
      const likeness = expected.map((one) => likenessOf(samples, one));
      expect(likeness[number]).toBeGreaterThan(0.99);
      expect(Math.max(...likeness.toSpliced(number, 1))).toBeLessThan(0.9);
    }
  });
});
