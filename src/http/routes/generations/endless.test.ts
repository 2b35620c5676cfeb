import { expect, setDefaultTimeout, test } from "bun:test";
import { createApp } from "../../../app.ts";
import { createUserToken } from "../../../accounts/users.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { createBuiltinGenerator } from "../../../ports/generator/builtin/generator.ts";
import { createStudio } from "../../../testing/studio.ts";
import { silentLog } from "../../../testing/test-stores.ts";

setDefaultTimeout(60_000);

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

test("an endless piece has no planned length, plays while it is generated, and keeps its sound when it is stopped", async () => {
  await using stage = await createStage();
  const { status, body: started } = await stage.start();
  expect([status, started.understood]).toEqual([
    200,
    expect.arrayContaining(["goes on until it is stopped"]),
  ]);
  expect(started.plan.durationSeconds).toBeUndefined();
  const second = await stage.start();
  expect([second.status, second.body.code]).toEqual([429, "TOO_MANY_REQUESTS"]);

  const generator = createBuiltinGenerator({ isWarm: false });
  const run = stage.studio.run(started, { generator });
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
  expect(stopped.state).toBe("cancelled");
  await run;
  await generator.close();
  expect(stopped.generatedMs).toBeGreaterThanOrEqual(5_000);
  expect((await stage.start()).status).toBe(200);
});

test("the operator can turn endless pieces off", async () => {
  await using stage = await createStage({ endlessMinutes: undefined });
  const { status, body } = await stage.start();
  const words = "Endless pieces are turned off here.";
  expect([status, body.code, body.detail]).toEqual([400, "INVALID_PARAMETER", words]);
  expect(body.faults).toEqual([{ at: "durationSeconds", message: words, hint: "Choose a length." }]);
});
