import { expect, setDefaultTimeout, test } from "bun:test";
import { AppError } from "../../errors.ts";
import { runGeneration } from "../../generations/run/run-generation.ts";
import { createBuiltinGenerator } from "../../ports/generator/builtin/generator.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { createScriptedGenerator } from "../../testing/sound/scripted-generator.ts";
import { codeOf, createStudio, noSignal, type Studio } from "../../testing/studio.ts";
import { deleteThing } from "../trash/delete-thing.ts";
import { readVersion } from "./read-version.ts";
import { startVersion, type StartVersionInput } from "./start-version.ts";

setDefaultTimeout(60_000);

const scripted = createScriptedGenerator();

const modify = (
  { deps, alice }: Studio,
  parentId: string,
  input: Partial<StartVersionInput> = {},
  generator: Pick<typeof scripted, "name" | "revise"> = scripted,
  caller = alice,
) => startVersion({ ...deps, generator }, caller, { parentId, instruction: "faster", ...input });

test("a changed version keeps the prompt of its parent and gets the next number", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const first = await studio.make();
  const second = await modify(studio, first.versionId);
  expect(second).toMatchObject({
    trackId: first.trackId,
    projectId: first.projectId,
    understood: ["faster"],
    notUnderstood: [],
  });
  const generator = createScriptedGenerator();
  await studio.run(second, { generator });
  expect(generator.started[0]?.spec).toEqual({ before: { seed: 7 }, instruction: "faster", seed: 1 });
  expect(await readVersion(deps, alice, second.versionId)).toMatchObject({
    parentId: first.versionId,
    number: 2,
    prompt: "slow piano",
    instruction: "faster",
    state: "complete",
    title: "Piece of 7",
  });
  const third = await modify(studio, first.versionId);
  expect(await readVersion(deps, alice, third.versionId)).toMatchObject({ number: 3 });
});

test("concurrent requests for new versions of one track make versions with different numbers", async () => {
  await using studio = await createStudio();
  const { deps, alice } = studio;
  const first = await studio.make();
  const made = await Promise.all(Array.from({ length: 6 }, () => modify(studio, first.versionId)));
  const numbers = await Promise.all(
    made.map(async ({ versionId }) => (await readVersion(deps, alice, versionId)).number),
  );
  expect(numbers.toSorted()).toEqual([2, 3, 4, 5, 6, 7]);
});

test("no version is made if no part of the instruction was understood", async () => {
  await using studio = await createStudio();
  const first = await studio.make();
  expect(await codeOf(modify(studio, first.versionId, { instruction: "qwertz" }))).toBe("INVALID_PARAMETER");
  expect(await studio.deps.jobs.list({ queue: "generation" })).toHaveLength(1);
});

test("equal requests with one idempotency key make one version", async () => {
  await using studio = await createStudio();
  const first = await studio.make();
  const once = { idempotencyKey: "once" };
  const [second, again] = await Promise.all([
    modify(studio, first.versionId, once),
    modify(studio, first.versionId, once),
  ]);
  expect(again).toEqual(second);
  expect(await modify(studio, first.versionId, once)).toEqual(second);
  expect(await codeOf(modify(studio, first.versionId, { ...once, instruction: "slower" }))).toBe(
    "IDEMPOTENCY_MISMATCH",
  );
});

test("a version without a plan or in the trash can't be changed", async () => {
  await using studio = await createStudio();
  const waiting = await studio.start();
  expect(await codeOf(modify(studio, waiting.versionId))).toBe("CONFLICT");
  const made = await studio.make();
  await deleteThing(studio.deps, studio.alice, { kind: "track", id: made.trackId });
  expect(await codeOf(modify(studio, made.versionId))).toBe("NOT_FOUND");
});

test("a refused change suggests a retry only if the version can still get a plan", async () => {
  await using studio = await createStudio();
  const refusal = (versionId: string) => modify(studio, versionId).catch((err: unknown) => err);
  const waiting = await studio.start();
  expect(await refusal(waiting.versionId)).toMatchObject({ code: "CONFLICT", retryAfterSeconds: 1 });
  const beforeStart = () => Promise.reject(new AppError("GENERATION_FAILED", "The strings snapped."));
  const failed = await studio.make({}, studio.alice, { beforeStart });
  expect(await readVersion(studio.deps, studio.alice, failed.versionId)).toMatchObject({ state: "failed" });
  expect(await refusal(failed.versionId)).toMatchObject({
    code: "CONFLICT",
    publicMessage: "This version was never planned, so there is nothing to change.",
    hint: "Make a new piece.",
    retryAfterSeconds: undefined,
  });
});

test("a version can't be changed by another user", async () => {
  await using studio = await createStudio();
  const made = await studio.make();
  for (const stranger of [studio.bob, studio.otherAlice]) {
    expect(await codeOf(modify(studio, made.versionId, {}, scripted, stranger))).toBe("NOT_FOUND");
  }
});

test("the composer follows the understood part of an instruction and reports the other words", async () => {
  await using studio = await createStudio();
  const { deps, alice, business } = studio;
  const generator = createBuiltinGenerator({ isWarm: false });
  const run = ({ requestId }: { requestId: string }) =>
    runGeneration(
      { ...deps, generator, stallMs: 20_000 },
      { businessId: business.id, requestId, lastAttempt: true },
      noSignal,
    );
  const first = await studio.start({ prompt: "jazz, 120 bpm", durationSeconds: 10 });
  await run(first);
  const instruction = 'faster, without drums, call it "Harbour" and feed the cat';
  const second = await modify(studio, first.versionId, { instruction, durationSeconds: 11 }, generator);
  await run(second);
  await generator.close();
  expect(second).toMatchObject({
    understood: ["tempo 134 bpm", "without drums", "called “Harbour”", "11 seconds long"],
    notUnderstood: ["feed the cat"],
  });
  expect(await readVersion(deps, alice, second.versionId)).toMatchObject({
    state: "complete",
    title: "Harbour",
    durationMs: 11_000,
  });
  expect(await deps.streams.head(audioKey(business.id, second.versionId))).toMatchObject({ closed: true });
}, 60_000);
