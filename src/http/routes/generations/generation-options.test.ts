// Tests that the options of a request are checked, reach the generator, and are returned in the
// state of the generation.
import { expect, test } from "bun:test";
import { runGeneration } from "../../../generations/run/run-generation.ts";
import { noSignal } from "../../../testing/studio.ts";
import { createScriptedGenerator } from "../../../testing/sound/scripted-generator.ts";
import { createServedStudio } from "../../../testing/served-studio.ts";

type Served = Awaited<ReturnType<typeof createServedStudio>>;

async function post({ url, token }: Served, body: object, key?: string) {
  const res = await fetch(`${url}/v1/generations`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    body: JSON.stringify(body),
  });
  return { status: res.status, body: await res.json() };
}

async function get({ url, token }: Served, path: string) {
  const res = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return res.json();
}

const options = { tempo: 90, key: "D minor", style: "jazz", lyrics: "La\nla", instrumental: false };
const prompt = "fast techno in A major";

test("options take precedence over the prompt", async () => {
  await using served = await createServedStudio();
  const { status, body } = await post(served, { prompt, options });
  expect(status).toBe(200);
  const described = {
    plan: { bpm: 90, key: "D minor", style: "jazz" },
    notUnderstood: ["fast", "A major", "techno", "lyrics, because the built-in composer does not sing"],
  };
  expect(body).toMatchObject(described);
  expect(await get(served, `/v1/generations/${body.requestId}`)).toMatchObject({ ...described, options });
  expect((await get(served, "/v1/queries/generations.recent")).items).toMatchObject([{ options }]);
});

test("after a request without options, the state of the generation has null as its options", async () => {
  await using served = await createServedStudio();
  for (const given of [{}, { options: {} }]) {
    const { body } = await post(served, { prompt, ...given });
    expect(await get(served, `/v1/generations/${body.requestId}`)).toMatchObject({ options: null });
  }
});

test("if a generation runs again after an error, the generator gets the same options", async () => {
  await using served = await createServedStudio();
  const { body: started } = await post(served, { prompt, options });
  const dying = createScriptedGenerator({
    beforeChunk: (index) => {
      if (index === 2) throw new Error("the worker was killed");
    },
  });
  const { deps, business } = served.studio;
  const cutShort = runGeneration(
    { ...deps, generator: dying, stallMs: 2_000 },
    { businessId: business.id, requestId: started.requestId, lastAttempt: false },
    noSignal,
  );
  await expect(cutShort).rejects.toThrow("the worker was killed");
  const next = createScriptedGenerator();
  await served.studio.run(started, { generator: next });
  expect([dying, next].map(({ started: requests }) => requests[0]?.options)).toEqual([options, options]);
});

test("a repeated Idempotency-Key with other options is refused", async () => {
  await using served = await createServedStudio();
  const { body: first } = await post(served, { prompt, options: { tempo: 90, key: "D minor" } }, "k");
  const { body: again } = await post(served, { prompt, options: { key: "D minor", tempo: 90 } }, "k");
  expect(again.requestId).toBe(first.requestId);
  for (const given of [{}, { options: { tempo: 91, key: "D minor" } }])
    expect((await post(served, { prompt, ...given }, "k")).body.code).toBe("IDEMPOTENCY_MISMATCH");
});

test.each([
  [{ loudness: 3 }, "/options/loudness", "There is no such parameter."],
  [{ tempo: 29 }, "/options/tempo", "It has to be at least 30 beats a minute."],
  [{ tempo: 301 }, "/options/tempo", "It may be at most 300 beats a minute."],
  [{ tempo: 90.5 }, "/options/tempo", "It has to be a whole number of beats a minute."],
  [{ key: "H minor" }, "/options/key", 'Write the key as "C", "F# minor" or "Bb dorian".'],
  [{ style: " " }, "/options/style", "Name a style, or leave it out."],
  [{ lyrics: "a".repeat(5001) }, "/options/lyrics", "It may have at most 5000 characters."],
  [
    { lyrics: "La", instrumental: true },
    "/options/lyrics",
    "An instrumental piece has no lyrics. Leave out one of the two.",
  ],
  [{ instrumental: "yes" }, "/options/instrumental", "Invalid input: expected boolean, received string"],
])("the options %j are refused with a fault at %p", async (given, at, message) => {
  await using served = await createServedStudio();
  const { status, body } = await post(served, { prompt, options: given });
  expect([status, body.faults]).toEqual([400, [{ at, message }]]);
});
