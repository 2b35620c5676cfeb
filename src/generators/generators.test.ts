// Tests which generator makes a piece: the requested generator, the business's default, or the next
// generator after a failure before the first chunk. Also tests the list of the generators' states,
// and the slots of a generator.
import { describe, expect, test } from "bun:test";
import { AppError, isAppError } from "../errors.ts";
import type { Generation, GenerationRequest, Generator } from "../ports/generator/generator.ts";
import { createScriptedGenerator, type Script } from "../testing/sound/scripted-generator.ts";
import { until } from "../testing/until.ts";
import { listHealth } from "./list-health.ts";
import { createGeneratorChoice, refuseOtherGenerator } from "./generator-choice.ts";
import { createSlots } from "./slots.ts";

const signal = (): AbortSignal => new AbortController().signal;
const failing = (beforeChunk: number): Script => ({
  beforeChunk: (index) => {
    if (index === beforeChunk) throw new AppError("GENERATION_FAILED", "It broke.");
  },
});
const request = (changes: Partial<GenerationRequest> = {}): GenerationRequest => ({
  requestId: "r1",
  businessId: "acme",
  owner: "ada",
  userId: "ada",
  versionId: "v1",
  prompt: "calm piano",
  seed: 1,
  durationSeconds: 10,
  ...changes,
});

const countOf = async ({ chunks }: Generation): Promise<number> => (await Array.fromAsync(chunks)).length;

const choiceOf = (scripts: Readonly<Record<string, Script>>, onFallback?: () => void) => {
  const generators = Object.entries(scripts).map(([name, script]) => ({
    name,
    generator: createScriptedGenerator(script),
  }));
  const choice = createGeneratorChoice(generators, onFallback === undefined ? {} : { onFallback });
  const startedBy = () =>
    generators.filter(({ generator }) => generator.started.length > 0).map(({ name }) => name);
  return { ...choice, startedBy };
};

const nothing = { wanted: null, madeBy: null, allowed: undefined };

describe("the choice of a generator", () => {
  test("prefers the generator that began the piece to the requested generator", async () => {
    for (const [wish, expected] of [
      [{ ...nothing, wanted: "b" }, "b"],
      [{ ...nothing, wanted: "b", madeBy: "c" }, "c"],
      [{ ...nothing, allowed: ["c", "a"] }, "c"],
      [{ ...nothing, madeBy: "one of old" }, "a"],
      [nothing, "a"],
    ] as const) {
      const choice = choiceOf({ a: {}, b: {}, c: {} });
      await countOf(await choice.generatorFor(wish).start(request(), signal()));
      expect(choice.startedBy()).toEqual([expected]);
    }
  });

  test("lets `start` throw INVALID_PARAMETER if the requested generator no longer exists", async () => {
    const generator = choiceOf({ a: {} }).generatorFor({ ...nothing, wanted: "gone" });
    const failure = await generator.start(request(), signal()).catch((err: unknown) => err);
    expect(isAppError(failure, "INVALID_PARAMETER")).toBe(true);
  });

  test("refuses a requested generator that is not in the business's list", () => {
    const of = { names: ["a", "b", "c"], allowed: ["c", "b", "gone"] };
    expect(() => refuseOtherGenerator("b", of)).not.toThrow();
    for (const name of ["a", "gone", "unknown"]) {
      expect(() => refuseOtherGenerator(name, of)).toThrow(`There is no generator "${name}".`);
    }
    expect(() => refuseOtherGenerator("a", { ...of, allowed: undefined })).not.toThrow();
  });
});

describe("a chain of generators", () => {
  test("skips the generators that can't make endless pieces if an endless piece is requested", async () => {
    const made: string[] = [];
    const generatorOf = (name: string, script: Script, makesEndless: boolean) => {
      const scripted = createScriptedGenerator({
        ...script,
        beforeStart: async () => void made.push(name),
      });
      return { name, generator: { ...scripted, makesEndless } };
    };
    const { generatorFor } = createGeneratorChoice([
      generatorOf("a", failing(0), true),
      generatorOf("b", {}, false),
      generatorOf("c", {}, true),
    ]);
    await countOf(await generatorFor(nothing).start(request({ options: { endless: true } }), signal()));
    expect(made.splice(0)).toEqual(["a", "c"]);
    await countOf(await generatorFor(nothing).start(request(), signal()));
    expect(made).toEqual(["a", "b"]);
  });

  test("uses the next generator when a generator fails before its first chunk", async () => {
    let fallbacks = 0;
    const choice = choiceOf({ a: failing(0), b: failing(0), c: {} }, () => fallbacks++);
    const generation = await choice.generatorFor(nothing).start(request(), signal());
    expect(generation.madeBy).toBe("c");
    expect(await countOf(generation)).toBe(5);
    expect(choice.startedBy()).toEqual(["a", "b", "c"]);
    expect(fallbacks).toBe(2);
  });

  test("skips a generator that is unreachable or reports a wait of more than a minute", async () => {
    const far = (health: () => ReturnType<NonNullable<Generator["health"]>>): Generator => ({
      ...createScriptedGenerator(),
      start: () => Promise.reject(new AppError("GENERATION_FAILED", "It was asked.")),
      health,
    });
    const health = { status: "busy", slots: 1, free: 0, queued: 9 } as const;
    const reasons: unknown[] = [];
    const choice = createGeneratorChoice(
      [
        { name: "away", generator: far(() => Promise.reject(new Error("refused"))) },
        { name: "full", generator: far(async () => ({ ...health, etaSeconds: 61 })) },
        { name: "soon", generator: far(async () => ({ ...health, etaSeconds: 60 })) },
        { name: "here", generator: createScriptedGenerator() },
      ],
      { onFallback: ({ err }) => reasons.push(isAppError(err) && err.publicMessage) },
    );
    const { madeBy } = await choice.generatorFor(nothing).start(request(), signal());
    expect(madeBy).toBe("here");
    expect(reasons).toEqual([
      "The generator doesn't answer.",
      "The generator is backed up: it would begin in about 61 seconds.",
      "It was asked.",
    ]);
  });

  test("is listed with a reason for each generator that has failed", async () => {
    const refusing = (err: unknown) => ({ health: () => Promise.reject(err) });
    const silent = {
      health: (limit: AbortSignal) =>
        new Promise<never>((_, reject) => limit.addEventListener("abort", () => reject(limit.reason))),
    };
    const listed = await listHealth(
      new Map<string, Pick<Generator, "health">>([
        ["away", refusing(new AppError("UNAVAILABLE", "It is away."))],
        ["other", refusing(new AppError("INVALID_PARAMETER", "The generator can't use this prompt."))],
        ["broken", refusing(new TypeError("broken"))],
        ["silent", silent],
      ]),
    );
    expect(listed.map(({ name, status, reason }) => [name, status, reason])).toEqual([
      ["away", "failed", "It is away."],
      ["other", "failed", "It did not answer as expected."],
      ["broken", "failed", "It did not answer as expected."],
      ["silent", "failed", "It did not answer in time."],
    ]);
  });

  test("uses no other generator after the first chunk", async () => {
    const choice = choiceOf({ a: failing(2), b: {} });
    const generation = await choice.generatorFor(nothing).start(request(), signal());
    await expect(countOf(generation)).rejects.toThrow("It broke.");
    expect(choice.startedBy()).toEqual(["a"]);
  });

  test("fails with the error of the last generator if all generators fail", async () => {
    const all = choiceOf({ a: failing(0), b: failing(0) });
    const last = await all.generatorFor(nothing).start(request(), signal());
    await expect(countOf(last)).rejects.toThrow("It broke.");
    const refusing: Script = {
      beforeChunk: () => {
        throw new AppError("INVALID_PARAMETER", "No.");
      },
    };
    const unusable = choiceOf({ a: refusing, b: {} });
    await expect(unusable.generatorFor(nothing).start(request(), signal())).rejects.toThrow("No.");
    const stop = new AbortController();
    const aborting = choiceOf({ a: { beforeChunk: () => stop.abort(new Error("stopped")) }, b: {} });
    await expect(aborting.generatorFor(nothing).start(request(), stop.signal)).rejects.toThrow("stopped");
    expect([unusable.startedBy(), aborting.startedBy()]).toEqual([["a"], ["a"]]);
  });

  test("is deterministic only if all its generators are deterministic", async () => {
    const choice = choiceOf({ a: failing(0), b: { deterministic: false } });
    expect(choice.generatorFor(nothing).deterministic).toBe(false);
    expect(choice.generatorFor({ ...nothing, wanted: "a" }).deterministic).toBe(true);
    const generation = await choice.generatorFor(nothing).start(request({ spec: {} }), signal());
    await expect(countOf(generation)).rejects.toThrow("It broke.");
    expect(choice.startedBy()).toEqual(["a"]);
  });
});

describe("the slots of a generator", () => {
  test("are granted to businesses in turn", async () => {
    const slots = createSlots(1);
    const first = await slots.take("acme", signal());
    const order: string[] = [];
    const stop = new AbortController();
    const given = slots.take("acme", stop.signal);
    given.catch(() => undefined);
    const waiting = ["acme", "acme", "other", "acme"].map(async (business, at) => {
      const giveBack = await slots.take(business, signal());
      order.push(`${business} ${at}`);
      giveBack();
    });
    stop.abort(new Error("not any more"));
    await expect(given).rejects.toThrow("not any more");
    first();
    first();
    await Promise.all(waiting);
    expect(order).toEqual(["acme 0", "other 2", "acme 1", "acme 3"]);
    await expect(slots.take("acme", AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
  });

  test("limit the number of concurrent pieces", async () => {
    let running = 0;
    let most = 0;
    const script: Script = {
      async beforeChunk(index, { seed }) {
        if (index === 0) most = Math.max(most, ++running);
        await Bun.sleep(1);
        if (index === 1 && seed % 3 === 1) throw new AppError("GENERATION_FAILED", "It broke.");
      },
    };
    const scripted = createScriptedGenerator(script);
    const choice = createGeneratorChoice([{ name: "a", generator: scripted as Generator, slots: 2 }]);
    const generator = choice.generatorFor(nothing);
    await Promise.allSettled(
      Array.from({ length: 9 }, async (_, seed) => {
        const stop = new AbortController();
        const { chunks } = await generator.start(request({ seed, businessId: `b${seed % 4}` }), stop.signal);
        try {
          for await (const { startMs } of chunks) if (seed % 3 === 2 && startMs >= 2000) break;
        } finally {
          running--;
          stop.abort();
        }
      }),
    );
    await until("all generations were started", () => scripted.started.length === 9);
    expect(most).toBe(2);
  });
});
