// Tests the guarantees that every generator must give. The test of each adapter runs this suite.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { isAppError } from "../../errors.ts";
import { id3BytesOf } from "../../library/files/formats/mp3/id3.ts";
import type { GeneratedChunk, Generation, GenerationRequest, Generator, Revision } from "./generator.ts";

export interface GeneratorSuite {
  readonly name: string;
  /** Creates a generator that is ready, or becomes ready at its first `start`. The suite closes each generator. */
  create(): Generator | Promise<Generator>;
  /**
   * True if the generator passes each instruction on to a model unread. Such a generator can't refuse an instruction
   * that it does not understand.
   */
  readonly takesAnyInstruction?: boolean;
}

const request = (overrides: Partial<GenerationRequest> = {}): GenerationRequest => ({
  requestId: crypto.randomUUID(),
  businessId: "acme",
  owner: "alice",
  userId: "alice",
  versionId: crypto.randomUUID(),
  prompt: "calm piano",
  seed: 7,
  durationSeconds: 10,
  ...overrides,
});

const neverAborted = (): AbortSignal => new AbortController().signal;

const readAll = async ({ chunks }: Generation): Promise<GeneratedChunk[]> => {
  const all: GeneratedChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
};

const joined = (chunks: readonly GeneratedChunk[]): Buffer => Buffer.concat(chunks.map(({ bytes }) => bytes));

export const generatorContract = ({ name, create, takesAnyInstruction = false }: GeneratorSuite): void => {
  describe(`the ${name} generator`, () => {
    setDefaultTimeout(60_000);
    let generator: Generator;
    /** One whole generation, which most tests examine. */
    let generation: Generation;
    let chunks: readonly GeneratedChunk[];
    beforeAll(async () => {
      generator = await create();
      generation = await generator.start(request(), neverAborted());
      chunks = await readAll(generation);
    });
    afterAll(() => generator.close());

    test("yields chunks in order and without a gap until the planned end", () => {
      let endMs = 0;
      for (const chunk of chunks) {
        expect(Math.abs(chunk.startMs - endMs)).toBeLessThanOrEqual(1);
        expect(chunk.bytes.length).toBeGreaterThan(0);
        endMs = chunk.startMs + chunk.durationMs;
      }
      expect(chunks.length).toBeGreaterThan(5);
      expect(Math.abs(endMs - generation.plan.durationMs)).toBeLessThanOrEqual(30);
    });

    test("divides the audio only between MP3 frames", () => {
      for (const [i, chunk] of chunks.entries()) {
        const bytes = i === 0 ? chunk.bytes.subarray(id3BytesOf(chunk.bytes)) : chunk.bytes;
        expect(bytes[0]).toBe(0xff);
        expect((bytes[1] ?? 0) & 0xe0).toBe(0xe0);
      }
    });

    test("plans a title and a length", () => {
      expect(generation.plan.title.trim()).not.toBe("");
      expect(generation.plan.contentType).toBe("audio/mpeg");
      expect(generation.plan.durationMs).toBe(10_000);
      const bytes = joined(chunks);
      if (generation.plan.plannedBytes !== undefined) expect(bytes.length).toBe(generation.plan.plannedBytes);
    });

    test("yields fifty pairs of peaks per second of audio", () => {
      const peaks = chunks.flatMap((chunk) => [...chunk.peaks]);
      expect(Math.abs(peaks.length / 2 - 500)).toBeLessThanOrEqual(2);
      for (let pair = 0; pair < peaks.length; pair += 2) {
        expect(peaks[pair] ?? 0).toBeLessThanOrEqual(peaks[pair + 1] ?? 0);
      }
      expect(Math.max(...peaks)).toBeGreaterThan(20);
    });

    test("either refuses an instruction or makes the same change of the plan each time", async () => {
      const revising = { spec: generation.plan.spec, instruction: "faster" };
      const revision = await generator.revise(revising).catch((err: unknown) => err);
      if (isAppError(revision, "INVALID_PARAMETER")) return;
      expect(revision).toMatchObject({ understood: [expect.any(String)], notUnderstood: [] });
      expect(await generator.revise(revising)).toEqual(revision as Revision);
      const abort = new AbortController();
      const { plan } = await generator.start(request({ spec: (revision as Revision).spec }), abort.signal);
      expect(plan.spec).not.toEqual(generation.plan.spec);
      abort.abort();
    });

    test("refuses a plan or an instruction that the generator does not understand", async () => {
      for (const [spec, instruction] of [
        [generation.plan.spec, "qwertz"],
        [{ of: "something else" }, "faster"],
      ] as const) {
        if (takesAnyInstruction && instruction === "qwertz") continue;
        const failure = await generator.revise({ spec, instruction }).catch((err: unknown) => err);
        expect(isAppError(failure, "INVALID_PARAMETER")).toBe(true);
      }
    });

    test("starts nothing if the signal is already aborted", async () => {
      const attempt = generator.start(request(), AbortSignal.abort(new Error("stopped before")));
      await expect(attempt).rejects.toThrow("stopped before");
    });

    test("throws the signal's reason after an abort, and yields no further chunk", async () => {
      const abort = new AbortController();
      const long = await generator.start(request({ durationSeconds: 300 }), abort.signal);
      let chunks = 0;
      const reading = (async () => {
        for await (const _ of long.chunks) {
          chunks += 1;
          abort.abort(new Error("stopped by its user"));
        }
      })();
      await expect(reading).rejects.toThrow("stopped by its user");
      expect(chunks).toBe(1);
    });

    test("runs several generations at the same time without mixing their audio", async () => {
      const abort = new AbortController();
      await generator.start(request({ durationSeconds: 120 }), abort.signal);
      const fromPlan = { spec: generation.plan.spec, prompt: "else" };
      const [other, again] = await Promise.all([
        generator.start(request({ seed: 8 }), neverAborted()),
        generator.start(request(fromPlan), neverAborted()),
      ]);
      const [otherChunks, chunksAgain] = await Promise.all([readAll(other), readAll(again)]);
      abort.abort();
      expect(otherChunks[0]?.startMs).toBe(0);
      expect(chunksAgain[0]?.startMs).toBe(0);
      if (!generator.deterministic) return;
      // A deterministic generator makes the same music from a plan as from the prompt that led to this plan.
      expect(again.plan.title).toBe(generation.plan.title);
      expect(joined(chunksAgain).equals(joined(chunks))).toBe(true);
    });

    test.each([
      ["an empty prompt", { prompt: "  " }],
      ["a prompt of 2,001 characters", { prompt: "a".repeat(2001) }],
      ["too short a duration", { durationSeconds: 9 }],
      ["too long a duration", { durationSeconds: 601 }],
      ["a duration that is not a number", { durationSeconds: Number.NaN }],
      ["a plan that no generator made", { spec: { not: "a plan" } }],
    ])("refuses %s with INVALID_PARAMETER", async (_, overrides) => {
      const failure = await generator.start(request(overrides), neverAborted()).catch((err: unknown) => err);
      expect(isAppError(failure, "INVALID_PARAMETER")).toBe(true);
    });

    test("accepts a prompt of 2,000 characters of any script", async () => {
      const abort = new AbortController();
      const prompt = "雨の夜 🎹 à propos — Straße ".repeat(100).slice(0, 2000);
      const { plan } = await generator.start(request({ prompt }), abort.signal);
      expect(plan.title).not.toBe("");
      abort.abort();
    });

    test("can be closed twice, and then starts nothing", async () => {
      const other = await create();
      await other.close();
      await other.close();
      const failure = await other.start(request(), neverAborted()).catch((err: unknown) => err);
      expect(isAppError(failure)).toBe(true);
    });
  });
};
