// Tests two API processes and two worker processes on the full profile (Postgres, MongoDB, Redis,
// BullMQ). Listeners get the right bytes when they change to another API instance, and when processes
// are killed.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { queueNames } from "../../ports/job-queue/job-queue.ts";
import { at, createFleetClient, type Fleet, startFleet } from "./processes/fleet.ts";
import { missingForFleet } from "./processes/fleet-stores.ts";
import { cpuMsOf } from "./processes/process-cpu.ts";
import { readByOffset, type RondoClient, type Started } from "./processes/rondo-client.ts";
import { until } from "../until.ts";

setDefaultTimeout(120_000);

const missing = missingForFleet();
if (missing.length > 0) console.log(`skipped: this machine has no ${missing.join(" and no ")}`);

describe.skipIf(missing.length > 0)("on the full profile with two APIs and two workers", () => {
  let fleet: Fleet;
  let client: RondoClient;
  let unbroken: Buffer;

  const piece = { prompt: "cinematic strings", durationSeconds: 60, seed: 4 };

  beforeAll(async () => {
    fleet = await startFleet();
    client = await createFleetClient(fleet, "acme");
    const started = await client.start(piece);
    unbroken = Buffer.from((await readByOffset(started.links.chunks, client.headers)).bytes);
  });
  afterAll(() => fleet[Symbol.asyncDispose]());

  const get = (link: string) => fetch(link, { headers: client.headers });

  /** Returns the paths of a version's objects with the complete audio. */
  const objectsOf = ({ versionId }: Started) =>
    readdirSync(fleet.stores.objects, { recursive: true, encoding: "utf8" }).filter(
      (path) => path.includes(versionId) && path.endsWith("audio.mp3"),
    );

  /** Returns the states of all jobs that upload the version, in all queues. */
  async function uploadsOf({ versionId }: Started): Promise<readonly string[]> {
    const res = await fetch(`${fleet.apis[1].url}/v1/jobs?text=${versionId}`, {
      headers: { authorization: `Bearer ${fleet.operatorKey}` },
    });
    const { items } = (await res.json()) as { items: { name: string; state: string }[] };
    return items.filter(({ name }) => name === "audio.upload").map(({ state }) => state);
  }

  /** Returns the worker that used more processor time since `sinceMs` was measured: this worker makes the piece. */
  function busierWorker(sinceMs: readonly number[]) {
    const [first = 0, second = 0] = fleet.workers.map(
      ({ pid }, index) => cpuMsOf(pid) - (sinceMs[index] ?? 0),
    );
    return first > second ? fleet.workers[0] : fleet.workers[1];
  }

  test("a listener that alternates between the APIs gets the right bytes", async () => {
    const started = await client.start(piece);
    let parts = 0;
    const { bytes, breaks } = await readByOffset(
      () => at(fleet.apis[parts++ % 2 === 0 ? 1 : 0], started.links.chunks),
      client.headers,
    );
    expect(parts).toBeGreaterThan(3);
    expect(breaks).toBe(0);
    expect(unbroken.equals(bytes)).toBe(true);
  });

  test("if an API and the worker of a piece are killed, the listener gets the right bytes", async () => {
    const cpuBefore = fleet.workers.map(({ pid }) => cpuMsOf(pid));
    const started = await client.start(piece);
    const killed: string[] = [];
    let asksOfTheDead = 0;
    const { bytes, breaks } = await readByOffset(
      // The connection breaks, the dead instance refuses one request, and the listener continues at the other instance.
      () => at(fleet.apis[killed.length > 0 && asksOfTheDead++ > 0 ? 1 : 0], started.links.chunks),
      client.headers,
      {
        limitMs: 90_000,
        async onPart(size) {
          if (killed.length === 0 && size > unbroken.length / 8) {
            killed.push("api");
            void fleet.apis[0].kill();
          } else if (killed.length === 1 && size > unbroken.length / 4) {
            killed.push("worker");
            await busierWorker(cpuBefore).kill();
          }
        },
      },
    );
    expect(killed).toEqual(["api", "worker"]);
    expect(breaks).toBeGreaterThan(0);
    console.log(`killed one API and one worker; ${bytes.length} bytes received, ${breaks} lost connections`);
    expect(unbroken.equals(bytes)).toBe(true);

    await until("the piece is complete", async () => {
      const generation = await (await get(at(fleet.apis[1], started.links.self))).json();
      return (generation as { state: string }).state === "complete";
    });
    await until(
      "the piece is uploaded",
      async () => (await uploadsOf(started)).includes("completed"),
      30_000,
    );
    await Promise.all([fleet.apis[0].start(), ...fleet.workers.map((member) => restart(member))]);

    const download = await get(at(fleet.apis[0], started.links.audio));
    expect(unbroken.equals(await download.bytes())).toBe(true);
    expect(await uploadsOf(started)).toEqual(["completed"]);
    expect(objectsOf(started).length).toBe(1);
  });

  async function restart(member: Fleet["workers"][number]): Promise<void> {
    await member.kill();
    await member.start();
  }

  test("a named query returns the same result at both APIs", async () => {
    const answers = await Promise.all(
      fleet.apis.map(async (api) => {
        const res = await fetch(`${api.url}/v1/queries/tracks.list?limit=50`, { headers: client.headers });
        expect(res.status).toBe(200);
        return { etag: res.headers.get("etag"), text: await res.text() };
      }),
    );
    expect(answers[1]).toEqual(answers[0]!);
    const { items } = JSON.parse(answers[0]?.text ?? "") as { items: { id: string; versions: unknown[] }[] };
    expect(items.length).toBe(3);
    expect(items.every(({ versions }) => versions.length === 1)).toBe(true);
  });

  test("the job board shows every queue, but only to the operator", async () => {
    const board = `${fleet.apis[0].url}/v1/jobs/board`;
    const operator = { authorization: `Basic ${btoa(`operator:${fleet.operatorKey}`)}` };
    for (const headers of [{}, client.headers, { authorization: `Basic ${btoa("operator:guess")}` }]) {
      expect((await fetch(board, { headers })).status).toBe(401);
      expect((await fetch(`${board}/api/queues`, { headers })).status).toBe(401);
    }
    const page = await fetch(board, { headers: operator });
    expect(page.status).toBe(200);
    const asset = /(?:src|href)="([^"]*static[^"]*)"/.exec(await page.text())?.[1] ?? "";
    expect((await fetch(new URL(asset, `${board}/`), { headers: operator })).status).toBe(200);
    const queuesShown = async () => {
      const res = await fetch(`${board}/api/queues`, { headers: operator });
      const { queues } = (await res.json()) as {
        queues: { name: string; readOnlyMode: boolean; counts: Record<string, number> }[];
      };
      return queues;
    };
    const queues = await queuesShown();
    expect(queues.map(({ name }) => name).sort()).toEqual([...queueNames].sort());
    expect(queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
    await until("the board shows a completed job", async () =>
      (await queuesShown()).some(({ name, counts }) => name === "generation" && (counts.completed ?? 0) > 0),
    );
    const emptied = await fetch(`${board}/api/queues/generation/clean/completed`, {
      method: "PUT",
      headers: operator,
    });
    expect(emptied.ok).toBe(false);
  });

  test("two requests with the same Idempotency-Key at both APIs start only one generation", async () => {
    const key = { "idempotency-key": "sent-twice" };
    const body = JSON.stringify({ prompt: "quiet piano", durationSeconds: 10, seed: 1 });
    const sent = await Promise.all(
      fleet.apis.map(async (api) => {
        const headers = { ...client.headers, ...key, "content-type": "application/json" };
        const res = await fetch(`${api.url}/v1/generations`, { method: "POST", headers, body });
        expect(res.status).toBe(200);
        return (await res.json()) as Started;
      }),
    );
    expect(sent[1]?.requestId).toBe(sent[0]?.requestId ?? "");
  });

  test("if both APIs have listeners of a stream, only one API follows the stream in the store", async () => {
    const reads = () =>
      Promise.all(
        fleet.apis.map(async ({ url }) => {
          const text = await (await fetch(`${url}/metrics`)).text();
          return Number(/^rondo_chunk_store_reads (\d+)$/m.exec(text)?.[1]);
        }),
      );
    const before = await reads();
    const started = await client.start({ prompt: "bossa nova", durationSeconds: 30, seed: 7 });
    const heard = await Promise.all(
      [0, 1, 0, 1].map((index) =>
        readByOffset(at(fleet.apis[index as 0 | 1], started.links.chunks), client.headers),
      ),
    );
    expect(new Set(heard.map(({ bytes }) => Bun.hash(bytes))).size).toBe(1);
    const [first = 0, second = 0] = (await reads()).map((count, index) => count - (before[index] ?? 0));
    console.log(`chunk-store reads for 30 s of audio: ${first} and ${second}`);
    // Only the instance that holds the lease of the stream follows the stream in the store, and passes
    // the chunks on. The other instance only polls the store at a long interval. If both instances
    // followed the stream, both would read the store equally often.
    expect(Math.min(first, second)).toBeLessThan(Math.max(first, second) / 2);
  });
});
