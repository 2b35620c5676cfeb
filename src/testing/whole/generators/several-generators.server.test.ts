// Tests a Rondo with several generators in real processes: which generator makes a piece, and how responses name this
// generator.
import { expect, test } from "bun:test";
import { serveToneGenerator } from "../../generator-server/bad-generator.ts";
import { freePort } from "../../servers/free-port.ts";
import { createRondoClient } from "../processes/rondo-client.ts";
import { startRondo } from "../processes/rondo-processes.ts";
import { until } from "../../until.ts";

const prompt = "calm piano";

test("if the first generator is unreachable, the next generator makes the piece", async () => {
  await using tone = await serveToneGenerator("a secret");
  await using rondo = await startRondo({
    RONDO_GENERATORS: `away=http://127.0.0.1:${freePort()}, tone=${tone.url}, sketch=builtin:`,
    RONDO_GENERATOR_SLOTS: "tone=1, sketch=2",
    RONDO_GENERATOR_SECRET: "a secret",
    RONDO_GENERATOR_FIRST_CHUNK_SECONDS: "5",
  });
  const client = await createRondoClient(rondo.url);
  const operator = (method: string, body?: object) =>
    fetch(`${rondo.url}/v1/businesses/demo`, {
      method,
      headers: { authorization: `Bearer ${rondo.operatorKey}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
  const made = async (body: object) => {
    const { state, generator, madeBy } = await client.untilEnded(
      await client.start({ prompt, durationSeconds: 10, ...body }),
    );
    return { state, generator, madeBy };
  };

  expect(await made({})).toEqual({ state: "complete", generator: null, madeBy: "tone" });
  expect(rondo.output()).toContain("the next generator is used");
  expect(await made({ generator: "sketch" })).toEqual({
    state: "complete",
    generator: "sketch",
    madeBy: "sketch",
  });
  expect(await made({ generator: "away" })).toEqual({ state: "failed", generator: "away", madeBy: null });

  const named = async () =>
    (await fetch(`${rondo.url}/v1/generators`, { headers: client.headers })).json() as Promise<object>;
  expect(await named()).toEqual({ items: [{ name: "away" }, { name: "tone" }, { name: "sketch" }] });
  const changed = await operator("PATCH", { generators: ["sketch", "tone"] });
  expect(await changed.json()).toMatchObject({ limits: { generators: ["sketch", "tone"] } });
  // The worker caches a business for a few seconds.
  await until("the worker uses the new order", async () => (await made({})).madeBy === "sketch", 40_000);
  expect(await named()).toEqual({ items: [{ name: "sketch" }, { name: "tone" }] });
  const refused = await fetch(`${rondo.url}/v1/generations`, {
    method: "POST",
    headers: { ...client.headers, "content-type": "application/json" },
    body: JSON.stringify({ prompt, generator: "away" }),
  });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ code: "INVALID_PARAMETER", hint: "Use one of sketch, tone." });
  expect(await (await operator("PATCH", { generators: null })).json()).not.toHaveProperty(
    "limits.generators",
  );
}, 90_000);

test("a new version is made by the generator that made the parent version", async () => {
  await using rondo = await startRondo({ RONDO_GENERATORS: "first=builtin:, second=builtin:" });
  const client = await createRondoClient(rondo.url);
  const started = await client.start({ prompt, durationSeconds: 10, generator: "second" });
  await client.untilEnded(started);
  const answer = await fetch(`${rondo.url}/v1/versions/${started.versionId}/versions`, {
    method: "POST",
    headers: { ...client.headers, "content-type": "application/json" },
    body: JSON.stringify({ instruction: "faster" }),
  });
  expect(answer.status).toBe(200);
  const child = (await answer.json()) as typeof started;
  expect(await client.untilEnded(child)).toMatchObject({
    state: "complete",
    generator: "second",
    madeBy: "second",
  });
}, 60_000);

test("if the queue of a generator is long, a new piece for this generator is refused", async () => {
  using backedUp = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () =>
      Response.json({ status: "busy", slots: 1, free: 0, queued: 40, etaSeconds: 900 }, { status: 200 }),
  });
  await using rondo = await startRondo({
    RONDO_GENERATORS: `studio=http://127.0.0.1:${backedUp.port}, sketch=builtin:`,
  });
  const client = await createRondoClient(rondo.url);
  const refused = await fetch(`${rondo.url}/v1/generations`, {
    method: "POST",
    headers: { ...client.headers, "content-type": "application/json" },
    body: JSON.stringify({ prompt, generator: "studio" }),
  });
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("300");
  expect(await refused.json()).toMatchObject({
    code: "UNAVAILABLE",
    detail: "The generator is backed up: a new piece would begin in about 900 seconds.",
  });
  const started = await client.start({ prompt, durationSeconds: 10, generator: "sketch" });
  expect(await client.untilEnded(started)).toMatchObject({ state: "complete", madeBy: "sketch" });
}, 60_000);
