// Tests the ACE-Step generator against stand-ins for both servers of ACE-Step: the contract of generators, the requests
// that Rondo sends, the faults of the servers, and the effect of an abort.
import { afterAll, describe, expect, test } from "bun:test";
import { createAudioIntake } from "../../../intake/intake.ts";
import { cppFaultRows, pythonFaultRows } from "../../../testing/generators/acestep-fault-rows.ts";
import {
  farRequest,
  faultSuite,
  outcomeOf,
  shortDeadlines,
  patientDeadlines,
} from "../../../testing/generators/fault-suite.ts";
import { type AceStepDialect, startAceStep } from "../../../testing/servers/generators/acestep.ts";
import type { AceStepFault } from "../../../testing/servers/generators/acestep-tasks.ts";
import { startFarSide } from "../../../testing/servers/generators/far-side.ts";
import { monoWavSound } from "../../../testing/sound/far-sound.ts";
import { until } from "../../../testing/until.ts";
import { generatorContract } from "../contract.ts";
import type { Generator } from "../generator.ts";
import { createAceStep } from "./generator.ts";
import { acestep } from "./index.ts";
import { findPlace } from "./place.ts";
import { promptMsMax } from "../../../testing/measure/time-limits.ts";

const key = "ace-s3cret";
const sound = await monoWavSound();
const intake = createAudioIntake();
/** A short audio file, which is enough for tests that check only the requests. */
const shortSound = { ...sound, bytes: sound.short };
const contractSides = { python: await startAceStep("python", sound), cpp: await startAceStep("cpp", sound) };
afterAll(async () => {
  for (const side of Object.values(contractSides)) await side[Symbol.asyncDispose]();
  await intake.close();
});

const open = (url: string, deadlines = patientDeadlines): Generator =>
  createAceStep(findPlace(`acestep+${url}?model=turbo`)!, { intake, key, pollMs: 20, ...deadlines });

const dialects: readonly AceStepDialect[] = ["python", "cpp"];

for (const dialect of dialects) {
  generatorContract({
    name: `ACE-Step (${dialect})`,
    create: () => open(contractSides[dialect].url),
    takesAnyInstruction: true,
  });

  describe(`the faults of ACE-Step (${dialect})`, () => {
    faultSuite<AceStepFault>(
      dialect === "python" ? pythonFaultRows : cppFaultRows,
      async (fault, deadlines) => {
        const side = await startAceStep(dialect, sound, fault);
        const generator = open(side.url, deadlines);
        return {
          generator,
          starts: () => (isStartRefused(fault) ? side.tasks.all.length + 1 : side.tasks.all.length),
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
}

/** Returns whether the fault makes the server answer the start with an error, so that no task begins. */
const isStartRefused = (fault: AceStepFault): boolean =>
  ["500", "key refused", "plan doesn't allow it", "out of quota", "prompt refused"].includes(fault);

describe("the requests to ACE-Step", () => {
  const asked = async (dialect: AceStepDialect, request = farRequest()) => {
    await using side = await startAceStep(dialect, shortSound);
    const generator = open(side.url);
    const { failure } = await outcomeOf(generator, request);
    await generator.close();
    expect(failure).toBeUndefined();
    return side.tasks.all[0];
  };
  const options = { tempo: 90, key: "A minor", lyrics: "la la" };

  test("ask the Python server for one piece with the seed of the generation", async () => {
    const task = await asked("python", farRequest({ options }));
    expect(task?.fields).toEqual({
      prompt: "calm piano",
      lyrics: "la la",
      audio_duration: 10,
      batch_size: 1,
      use_random_seed: false,
      seed: 7,
      use_cot_caption: false,
      use_cot_language: false,
      thinking: false,
      audio_format: "wav",
      bpm: 90,
      key_scale: "A minor",
      model: "turbo",
      task_type: "text2music",
    });
  });

  test("ask acestep.cpp for one piece with the seed of the generation", async () => {
    const task = await asked("cpp", farRequest({ options: { tempo: 90, key: "A minor" } }));
    expect(task?.fields).toEqual({
      caption: "calm piano",
      lyrics: "[Instrumental]",
      duration: 10,
      seed: 7,
      synth_batch_size: 1,
      lm_batch_size: 1,
      use_cot_caption: false,
      output_format: "wav16",
      bpm: 90,
      keyscale: "A minor",
      synth_model: "turbo",
      task_type: "text2music",
    });
  });

  test.each(dialects)(
    "ask for a cover if the new version has the length of its parent (%s)",
    async (dialect) => {
      await using rondo = await startFarSide(() => ({
        headers: { "content-type": "audio/mpeg" },
        body: "x".repeat(1000),
      }));
      const spec = { kind: "prompt", prompt: "calm piano", durationSeconds: 10, seed: 7 };
      const parent = { versionId: "p", instruction: "darker", audioUrl: `${rondo.url}/signed`, spec };
      const changed = { ...spec, prompt: "calm piano. darker" };
      const cover = await asked(dialect, farRequest({ spec: changed, parent }));
      expect(cover?.fields).toMatchObject({ task_type: "cover" });
      expect(Number(cover?.fields.audio_cover_strength)).toBe(0.5);
      expect(cover?.fields.prompt ?? cover?.fields.caption).toBe("calm piano. darker");
      expect(cover?.sourceBytes).toBe(1000);
      const longer = await asked(dialect, farRequest({ spec: changed, parent, durationSeconds: 12 }));
      const { task_type, repainting_start, repainting_end } = longer?.fields ?? {};
      expect([task_type, Number(repainting_start), Number(repainting_end)]).toEqual(["repaint", 10, 12]);
    },
  );

  test("are not sent if the parent's audio can't be read", async () => {
    await using side = await startAceStep("cpp", sound);
    const parent = { versionId: "p", instruction: "darker", audioUrl: `${side.url}/nowhere` };
    const { failure } = await outcomeOf(open(side.url), farRequest({ parent }));
    expect(String(failure)).toContain("The sound of the version that should be changed can't be read.");
    expect(side.tasks.all.length).toBe(0);
  });
});

describe("an abort", () => {
  const abortWhileRunning = async (dialect: AceStepDialect, fault: AceStepFault) => {
    const side = await startAceStep(dialect, sound, fault);
    const generator = open(side.url);
    const abort = new AbortController();
    const { chunks, stopped } = await generator.start(farRequest(), abort.signal);
    const reading = (async () => {
      for await (const _ of chunks);
    })();
    await until("the task runs", () => (side.tasks.all[0]?.asked ?? 0) > 0);
    const abortedAt = performance.now();
    abort.abort(new Error("stopped by its user"));
    await expect(reading).rejects.toThrow("stopped by its user");
    expect(performance.now() - abortedAt).toBeLessThan(promptMsMax);
    const end = await stopped;
    const health = await generator.health!(new AbortController().signal);
    return { side, generator, end, health };
  };

  test("cancels the job of acestep.cpp", async () => {
    const { side, generator, end } = await abortWhileRunning("cpp", "never done");
    expect([end, side.tasks.all[0]?.isCancelled]).toEqual(["stopped", true]);
    await generator.close();
    await side[Symbol.asyncDispose]();
  });

  test("cancels the job of acestep.cpp after an earlier abort of another piece", async () => {
    await using side = await startAceStep("cpp", sound, "never done");
    const generator = open(side.url);
    const start = async (abort: AbortController) => {
      const { chunks, stopped } = await generator.start(farRequest(), abort.signal);
      const reading = (async () => {
        for await (const _ of chunks);
      })();
      return { stopped, over: reading.catch(() => undefined) };
    };
    const [one, other] = [new AbortController(), new AbortController()];
    const running = await start(one);
    await until("the task runs", () => (side.tasks.all[0]?.asked ?? 0) > 0);
    const starting = await start(other);
    other.abort();
    await starting.over;
    one.abort();
    await running.over;
    expect([await running.stopped, side.tasks.all[0]?.isCancelled]).toEqual(["stopped", true]);
    await generator.close();
  });

  test.each([
    ["ignores the cancellation", "ignores cancel"],
    ["gives no state of the job after the cancellation", "fails after cancel"],
  ] as const)(
    "reports that the job is left running if acestep.cpp %s",
    async (_, fault) => {
      const { side, generator, end, health } = await abortWhileRunning("cpp", fault);
      expect([end, health.free]).toEqual(["left running", 0]);
      await generator.close();
      await side[Symbol.asyncDispose]();
    },
    60_000,
  );

  test("does not free the slot of the Python server until the task ends", async () => {
    const { side, generator, end, health } = await abortWhileRunning("python", "never done");
    expect([end, health.status, health.free]).toEqual(["left running", "busy", 0]);
    side.tasks.release();
    await until("the slot is free again", async () => {
      const { free } = await generator.health!(new AbortController().signal);
      return free === 1;
    });
    expect(side.tasks.all.length).toBe(1);
    await generator.close();
    await side[Symbol.asyncDispose]();
  });
});

test("the health of the Python server contains the free slots and the estimated waiting time", async () => {
  await using side = await startAceStep("python", sound, "never done");
  const generator = open(side.url, { ...patientDeadlines, firstChunkMs: 1_000 });
  const signal = new AbortController().signal;
  expect(await generator.health!(signal)).toMatchObject({
    status: "ready",
    slots: 1,
    free: 1,
    etaSeconds: 0,
  });
  await outcomeOf(generator);
  expect(await generator.health!(signal)).toMatchObject({ status: "busy", free: 0, etaSeconds: 12 });
  await generator.close();
});

test("while acestep.cpp makes a piece, its health reports no free slot", async () => {
  await using side = await startAceStep("cpp", sound, "never done");
  const generator = open(side.url);
  const abort = new AbortController();
  const healthOf = () => generator.health!(new AbortController().signal);
  expect((await healthOf()).status).toBe("ready");
  const { chunks, stopped } = await generator.start(farRequest(), abort.signal);
  const reading = (async () => {
    for await (const _ of chunks);
  })();
  await until("the task runs", () => (side.tasks.all[0]?.asked ?? 0) > 0);
  expect(await healthOf()).toMatchObject({ status: "busy", free: 0 });
  abort.abort(new Error("stopped by its user"));
  await expect(reading).rejects.toThrow("stopped by its user");
  await stopped;
  expect((await healthOf()).status).toBe("ready");
  await generator.close();
});

test("the error names the fault of a broken server, a missing server or a wrong address", async () => {
  await using side = await startFarSide(({ path }) =>
    path === "/health" ? { body: "ok" } : { status: 404 },
  );
  expect(String((await outcomeOf(open(side.url))).failure)).toContain("answer is not JSON");
  expect(String((await outcomeOf(open("http://127.0.0.1:9", shortDeadlines))).failure)).toContain(
    "can't be reached",
  );
  expect(acestep.faultOf("acestep+ftp://x")).toContain("acestep+http");
  for (const { url } of Object.values(contractSides))
    expect(await acestep.examine(`acestep+${url}`)).toMatchObject([{ state: "good" }]);
  expect(await acestep.examine("acestep+http://127.0.0.1:9")).toMatchObject([{ state: "wrong" }]);
});
