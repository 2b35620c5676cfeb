// Tests the thread of the audio intake, which converts the audio of many sources: how a source ends, how the sources
// share the thread's time, and what happens when the thread ends.

import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { isAppError } from "../errors.ts";
import type { SourceFormat } from "../ports/generator/audio-intake.ts";
import { inParts, musicAt, pcmOf } from "../testing/sound/sources.ts";
import { takeAll } from "../testing/sound/take-all.ts";
import { until } from "../testing/until.ts";
import { createAudioIntake } from "./intake.ts";
import { threadMs } from "../testing/measure/thread-time.ts";

setDefaultTimeout(60_000);
const intake = createAudioIntake();
afterAll(() => intake.close());

const format: SourceFormat = { kind: "pcm", encoding: "s16le", sampleRate: 48_000, channels: 2 };
const tenSeconds = pcmOf(musicAt(48_000, 10), "s16le");
const fourSeconds = tenSeconds.subarray(0, 4 * 192_000);
const neverAborted = (): AbortSignal => new AbortController().signal;

/** Sends the same music repeatedly, and records how many bytes were read and whether the source was closed. */
const endlessSource = (music = tenSeconds) => {
  const state = { bytes: 0, isLeft: false };
  const source = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        for await (const part of inParts(music, 20_000)) {
          state.bytes += part.length;
          yield part;
        }
      }
    } finally {
      state.isLeft = true;
    }
  };
  return { source: source(), state };
};

test("the piece of an endless source ends at the wanted length", async () => {
  const { source, state } = endlessSource();
  const { failure, durationMs } = await takeAll(intake, source, { format, durationMs: 15_000 });
  expect(failure).toBeUndefined();
  expect(durationMs).toBe(15_000);
  await until("the source is closed", () => state.isLeft);
});

test("with `fade: true`, the first part of the audio is returned while the rest of the source has not arrived", async () => {
  const gate = Promise.withResolvers<void>();
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield tenSeconds.subarray(0, 9.5 * 192_000);
    await gate.promise;
    yield tenSeconds;
  };
  let endMs = 0;
  const options = { format, durationMs: 10_000, fade: true };
  for await (const { startMs, durationMs } of intake.take(source(), options, neverAborted())) {
    endMs = startMs + durationMs;
    if (endMs > 8900) gate.resolve();
  }
  expect(endMs).toBe(10_000);
});

test("after an abort, the reading of a source throws the signal's reason", async () => {
  const abort = new AbortController();
  const { source, state } = endlessSource();
  let chunks = 0;
  const reading = (async () => {
    for await (const _ of intake.take(source, { format, durationMs: 600_000 }, abort.signal)) {
      chunks += 1;
      abort.abort(new Error("The user stopped it."));
    }
  })();
  await expect(reading).rejects.toThrow("The user stopped it.");
  expect(chunks).toBe(1);
  await until("the source is closed", () => state.isLeft);
});

test("an abort ends the reading of a source that sends nothing more", async () => {
  const abort = new AbortController();
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield tenSeconds.subarray(0, 192_000);
    await new Promise(() => undefined);
  };
  const reading = (async () => {
    for await (const _ of intake.take(source(), { format, durationMs: 60_000 }, abort.signal)) {
      abort.abort(new Error("Nobody waits any more."));
    }
  })();
  await expect(reading).rejects.toThrow("Nobody waits any more.");
});

test("if the signal is already aborted, `take` throws the signal's reason", () => {
  const { source, state } = endlessSource();
  const signal = AbortSignal.abort(new Error("stopped before"));
  expect(() => intake.take(source, { format, durationMs: 10_000 }, signal)).toThrow("stopped before");
  expect(state.bytes).toBe(0);
});

test("a reader that stops reading ends only its own source", async () => {
  const { source, state } = endlessSource();
  const other = takeAll(intake, tenSeconds, { format });
  for await (const _ of intake.take(source, { format, durationMs: 600_000 }, neverAborted())) break;
  await until("the source is closed", () => state.isLeft);
  expect((await other).failure).toBeUndefined();
});

test("while a reader pauses, less than 4 MB of its source is read", async () => {
  const { source, state } = endlessSource();
  const abort = new AbortController();
  const unread = intake.take(source, { format, durationMs: 60_000 }, abort.signal);
  // Nobody reads `unread` yet. While three other sources are read to their end, the thread has enough time to read
  // `source` up to the limit of unread audio.
  for (let round = 0; round < 3; round++) await takeAll(intake, tenSeconds, { format });
  const held = state.bytes;
  expect(held).toBeGreaterThan(500_000);
  await takeAll(intake, tenSeconds, { format });
  expect(state.bytes).toBe(held);
  expect(held).toBeLessThan(4_000_000);
  let endMs = 0;
  for await (const { startMs, durationMs } of unread) endMs = startMs + durationMs;
  expect(endMs).toBe(60_000);
});

test("a new source gets its first chunk before older sources end", async () => {
  const order: string[] = [];
  const older = [1, 2, 3].map(async () => {
    await takeAll(intake, endlessSource().source, { format, durationMs: 20_000 });
    order.push("older");
  });
  const { source } = endlessSource();
  for await (const _ of intake.take(source, { format, durationMs: 20_000 }, neverAborted())) break;
  order.push("newcomer");
  await Promise.all(older);
  expect(order[0]).toBe("newcomer");
});

test("the audio of concurrent sources is not mixed", async () => {
  const alone = await takeAll(intake, tenSeconds, { format });
  const other = pcmOf(musicAt(48_000, 10).reverse(), "s16le");
  const [one, two, three] = await Promise.all([
    takeAll(intake, tenSeconds, { format, partBytes: 1000 }),
    takeAll(intake, other, { format }),
    takeAll(intake, tenSeconds, { format, partBytes: 100_000 }),
  ]);
  expect(Buffer.compare(one!.mp3, alone.mp3)).toBe(0);
  expect(Buffer.compare(three!.mp3, alone.mp3)).toBe(0);
  expect(Buffer.compare(two!.mp3, alone.mp3)).not.toBe(0);
});

test("while twenty sources are converted, the caller's thread uses less than a third of the processor time", async () => {
  const [before, beforeMs] = [process.cpuUsage(), threadMs()];
  const taken = await Promise.all(
    Array.from({ length: 20 }, () => takeAll(intake, fourSeconds, { format, durationMs: 60_000 })),
  );
  const { user, system } = process.cpuUsage(before);
  const callersMs = threadMs() - beforeMs;
  for (const { failure, durationMs } of taken) {
    expect(failure).toBeUndefined();
    expect(durationMs).toBe(4_000);
  }
  // Nearly all work is done by the thread of the intake. The caller's thread takes 7 percent of the processor time
  // (bench/intake.ts measures the delay of the caller's event loop).
  expect(callersMs).toBeLessThan((user + system) / 1_000 / 3);
});

describe("a thread", () => {
  test("that crashes is replaced by a new thread for the next source", async () => {
    const crashing = createAudioIntake({
      thread: new URL("../testing/sound/crashing-intake.ts", import.meta.url),
    });
    for (let attempt = 0; attempt < 2; attempt++) {
      const { source, state } = endlessSource();
      const { failure } = await takeAll(crashing, source, { format });
      expect(isAppError(failure, "GENERATION_FAILED") && failure.publicMessage).toContain(
        "stopped unexpectedly",
      );
      await until("the source is closed", () => state.isLeft);
    }
    await crashing.close();
  });

  test("that hangs is terminated, and its sources fail with a reason", async () => {
    const hanging = createAudioIntake({
      thread: new URL("../testing/sound/hanging-intake.ts", import.meta.url),
      silentMsMax: 200,
    });
    const { failure } = await takeAll(hanging, endlessSource().source, { format });
    expect(isAppError(failure, "GENERATION_FAILED") && failure.publicMessage).toContain(
      "stopped unexpectedly",
    );
    await hanging.close();
  });
});

test("if a source sends nothing for a long time, its thread is not ended", async () => {
  const patient = createAudioIntake({ silentMsMax: 600 });
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield tenSeconds.subarray(0, 960_000);
    await Bun.sleep(1_500);
    yield tenSeconds.subarray(960_000);
  };
  expect((await takeAll(patient, source(), { format })).failure).toBeUndefined();
  await patient.close();
});

test("`close` ends the running sources with an error", async () => {
  const closing = createAudioIntake();
  const { source, state } = endlessSource();
  const taking = takeAll(closing, source, { format, durationMs: 600_000 });
  await until("the source is read", () => state.bytes > 0);
  await closing.close();
  await closing.close();
  const { failure } = await taking;
  expect(isAppError(failure, "GENERATION_FAILED") && failure.publicMessage).toContain("shut down");
  expect(() => closing.take(source, { format, durationMs: 1000 }, neverAborted())).toThrow("shutting down");
});
