import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../../app.ts";
import { createUserToken } from "../../../accounts/users.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { runGeneration } from "../../../generations/run/run-generation.ts";
import type { Generator } from "../../../ports/generator/generator.ts";
import { createBuiltinGenerator } from "../../../ports/generator/builtin/generator.ts";
import { createStudio } from "../../../testing/studio.ts";
import { silentLog } from "../../../testing/test-stores.ts";
import { until } from "../../../testing/until.ts";

setDefaultTimeout(60_000);
// The tests share one thread of the composer, because a new thread first compiles its code.
const composer = createBuiltinGenerator({ isWarm: false });
afterAll(() => composer.close());

async function createStage(limits: { readonly endlessMinutes?: undefined } = {}) {
  const studio = await createStudio();
  const deps = await createApiDeps(studio.stores.config, silentLog);
  const app = createApp({
    ...deps,
    makingLimits: { ...deps.makingLimits, ...limits } as typeof deps.makingLimits,
  });
  const who = { kind: "business", businessId: studio.business.id, keyId: "test" } as const;
  const { token } = await createUserToken(deps, who, { userId: "alice", expiresInSeconds: 600 });
  const call = async (method: string, path: string, json?: unknown) => {
    const res = await app.request(`/v1/generations${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of a response
    return { status: res.status, body: (await res.json()) as any };
  };
  return {
    studio,
    call,
    start: () => call("POST", "", { prompt: "calm piano", durationSeconds: "endless" }),
    async [Symbol.asyncDispose]() {
      await deps.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}

test("an endless piece is generated until the user stops the piece", async () => {
  await using stage = await createStage();
  const { status, body: started } = await stage.start();
  expect([status, started.understood]).toEqual([
    200,
    expect.arrayContaining(["goes on until it is stopped"]),
  ]);
  expect(started.plan.durationSeconds).toBeUndefined();
  const second = await stage.start();
  expect([second.status, second.body.code]).toEqual([429, "TOO_MANY_REQUESTS"]);

  const run = stage.studio.run(started, { generator: composer });
  const view = async () => (await stage.call("GET", `/${started.requestId}`)).body;
  let now = await view();
  while (now.generatedMs < 5_000) {
    await Bun.sleep(50);
    now = await view();
  }
  expect(now).toMatchObject({
    ...{ state: "running", durationSeconds: "endless", options: null },
    ...{ plannedMs: null, plannedBytes: null, secondsLeft: null },
  });
  const { body: stopped } = await stage.call("DELETE", `/${started.requestId}`);
  expect(stopped.state).toBe("running");
  await run;
  const ended = await view();
  expect(ended).toMatchObject({ state: "complete", reason: null });
  expect(ended.generatedMs).toBeGreaterThanOrEqual(5_000);
  const version = await stage.studio.deps.databases.use(stage.studio.business.id, ({ kysely }) =>
    kysely
      .selectFrom("versions")
      .select(["durationMs", "audioBytes", "peaks"])
      .where("id", "=", started.versionId)
      .executeTakeFirstOrThrow(),
  );
  expect(version.durationMs).toBe(ended.generatedMs);
  expect(version.audioBytes).toBeGreaterThan(40_000);
  const levels = Buffer.from(version.peaks!, "base64");
  // The seed is random. In a quiet part of a piece, some levels are rounded to 0, so not every level has to be above 0.
  expect(levels.filter((level) => level > 0).length).toBeGreaterThan(0.9 * levels.length);
  expect((await stage.start()).status).toBe(200);
});

test("if an endless piece is stopped before its generation starts, the piece is cancelled", async () => {
  await using stage = await createStage();
  const { body: started } = await stage.start();
  expect((await stage.call("DELETE", `/${started.requestId}`)).body.state).toBe("cancelled");
});

test("if an endless piece is stopped before its first chunk is stored, the piece is cancelled", async () => {
  await using stage = await createStage();
  const { studio } = stage;
  const { body: started } = await stage.start();
  const generator: Generator = {
    ...composer,
    async start(...call) {
      const generation = await composer.start(...call);
      const chunks = async function* () {
        for await (const chunk of generation.chunks) {
          if (chunk.startMs === 0) await stage.call("DELETE", `/${started.requestId}`);
          yield chunk;
        }
      };
      return { ...generation, chunks: chunks() };
    },
  };
  const input = { businessId: studio.business.id, requestId: started.requestId, lastAttempt: false };
  await runGeneration({ ...studio.deps, generator }, input, new AbortController().signal);
  expect((await stage.call("GET", `/${started.requestId}`)).body.state).toBe("cancelled");
});

test("if an endless piece is stopped after its worker was killed, the next worker completes the piece", async () => {
  await using stage = await createStage();
  const { body: started } = await stage.start();
  const killed = new AbortController();
  const run = stage.studio
    .run(started, { generator: composer, signal: killed.signal })
    .catch(() => undefined);
  const view = async () => (await stage.call("GET", `/${started.requestId}`)).body;
  await until("five seconds are made", async () => (await view()).generatedMs >= 5_000);
  killed.abort(new Error("killed"));
  await run;
  const { generatedMs } = await view();
  await stage.call("DELETE", `/${started.requestId}`);
  expect((await view()).state).toBe("running");
  await stage.studio.run(started, { generator: composer });
  const ended = await view();
  expect(ended.state).toBe("complete");
  expect(ended.generatedMs).toBeGreaterThanOrEqual(generatedMs);
});

test("the operator can turn endless pieces off", async () => {
  await using stage = await createStage({ endlessMinutes: undefined });
  const { status, body } = await stage.start();
  const words = "Endless pieces are turned off here.";
  expect([status, body.code, body.detail]).toEqual([400, "INVALID_PARAMETER", words]);
  expect(body.faults).toEqual([{ at: "durationSeconds", message: words, hint: "Choose a length." }]);
});
