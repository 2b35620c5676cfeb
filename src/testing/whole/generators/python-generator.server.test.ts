// Tests the Python generator, the API and the worker as real processes, once for each delivery of
// audio (body, stream, mongodb): a listener hears a piece while it is being made, pieces are changed
// and cancelled, and a piece is completed after its worker was killed.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { startPythonGenerator } from "../../generator-server/python-generator-process.ts";
import { missingForPython } from "../../runners/python-generator.ts";
import { onCi } from "../../runners/on-ci.ts";
import { freePort } from "../../servers/free-port.ts";
import { type MongoServer, startMongoServer } from "../../servers/mongodb-server.ts";
import { decodeByFfmpeg } from "../../sound/test-sound.ts";
import { until } from "../../until.ts";
import { createRondoClient, type RondoClient, type Started } from "../processes/rondo-client.ts";
import { type RondoProcesses, startRondo } from "../processes/rondo-processes.ts";
import { promptMsMax } from "../../measure/time-limits.ts";

setDefaultTimeout(120_000);

const missing = [...missingForPython(), ...["ffmpeg"].filter((program) => Bun.which(program) === null)];
if (missing.length > 0 && onCi)
  throw new Error(`on CI no test is skipped, but these programs are missing: ${missing.join(", ")}`);
if (missing.length > 0) console.warn(`skipped: ${missing.join(" and ")} not on this machine`);

const secret = "whsec_cHl0aG9uIGdlbmVyYXRvcnMgc2VjcmV0";

describe.skipIf(missing.length > 0).each(["body", "stream", "mongodb"])(
  "with the Python generator and delivery by %s",
  (delivery) => {
    let mongo: MongoServer | undefined;
    let python: Awaited<ReturnType<typeof startPythonGenerator>>;
    let rondo: RondoProcesses;
    let client: RondoClient;

    beforeAll(async () => {
      if (delivery === "mongodb") mongo = await startMongoServer();
      python = await startPythonGenerator({
        RONDO_GENERATOR_SECRET: secret,
        ...(mongo === undefined ? {} : { MONGODB_URL: mongo.url }),
      });
      rondo = await startRondo({
        PORT: String(freePort()),
        RONDO_GENERATOR_URL: `${python.url}?delivery=${delivery}`,
        RONDO_GENERATOR_SECRET: secret,
        ...(mongo === undefined ? {} : { RONDO_CHUNKS_URL: mongo.url }),
      });
      client = await createRondoClient(rondo.url);
    });
    afterAll(async () => {
      await rondo?.[Symbol.asyncDispose]();
      await python?.[Symbol.asyncDispose]();
      await mongo?.[Symbol.asyncDispose]();
    });

    const audioOf = async ({ links }: Started) =>
      new Uint8Array(await (await fetch(links.audio)).arrayBuffer());
    const secondsOf = async (bytes: Uint8Array<ArrayBuffer>) =>
      (await decodeByFfmpeg(bytes)).length / 2 / 44_100;
    const untilHeard = (started: Started) =>
      until("there is sound", async () => {
        const { state, generatedMs, reason } = await client.state(started);
        if (state === "failed") throw new Error(String(reason));
        return Number(generatedMs) > 0;
      });

    test("a listener who requests the audio while the piece is being made gets the whole piece", async () => {
      const started = await client.start({ prompt: "calm piano", durationSeconds: 20, seed: 4 });
      const heard = await audioOf(started);
      const generation = await client.untilEnded(started);
      expect([generation.state, generation.reason]).toEqual(["complete", null]);
      expect(heard.length).toBe((await audioOf(started)).length);
      expect(await secondsOf(heard)).toBeWithin(19.8, 20.3);
      expect(Number(generation.generatedMs)).toBeWithin(19_800, 20_300);
      expect(generation.title).toBe("calm piano");
    });

    test("when a piece is changed, the generator makes the new version", async () => {
      const parent = await client.start({ prompt: "calm piano", durationSeconds: 10, seed: 8 });
      await client.untilEnded(parent);
      const res = await fetch(`${rondo.url}/v1/versions/${parent.versionId}/versions`, {
        method: "POST",
        headers: { ...client.headers, "content-type": "application/json" },
        body: JSON.stringify({ instruction: "faster, with drums" }),
      });
      const version = (await res.json()) as Started & { by: string; understood: string[] };
      expect([res.status, version.by, version.understood]).toEqual([
        200,
        "generator",
        ["faster, with drums"],
      ]);
      const generation = await client.untilEnded(version);
      expect([generation.state, generation.reason]).toEqual(["complete", null]);
      expect(Buffer.from(await audioOf(version)).equals(Buffer.from(await audioOf(parent)))).toBe(false);
    });

    test("if a generation is cancelled, the generator stops immediately", async () => {
      const started = await client.start({ prompt: "slow strings", durationSeconds: 600, seed: 5 });
      await untilHeard(started);
      const cancelledAt = performance.now();
      await fetch(started.links.self, { method: "DELETE", headers: client.headers });
      await until("the generator reported its end", async () => {
        const { generatorEnd } = await client.state(started);
        return generatorEnd === "stopped";
      });
      expect(performance.now() - cancelledAt).toBeLessThan(promptMsMax);
      expect(await client.state(started)).toMatchObject({ state: "cancelled", generatorEnd: "stopped" });
      expect((await audioOf(started)).length).toBeGreaterThan(0);
    });

    test("when a worker is killed in the middle of a piece, another worker completes the piece", async () => {
      const started = await client.start({ prompt: "house, 120 bpm", durationSeconds: 240, seed: 6 });
      await untilHeard(started);
      await rondo.killWorker();
      await rondo.startWorker();
      const generation = await client.untilEnded(started);
      expect([generation.state, generation.reason]).toEqual(["complete", null]);
      expect(await secondsOf(await audioOf(started))).toBeWithin(239.8, 240.3);
    });
  },
);
