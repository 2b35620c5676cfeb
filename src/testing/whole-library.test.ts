// Both processes over loopback: a piece is stored though its worker is killed, changed, downloaded, verified, deleted and purged.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { createSharedDeps } from "../deps.ts";
import { sweepTiers } from "../library/sweep-tiers.ts";
import { audioKey } from "../streams/stream-keys.ts";
import { onCi } from "./on-ci.ts";
import { createRondoClient, readByOffset, type RondoClient, type Started } from "./rondo-client.ts";
import { type RondoProcesses, startRondo } from "./rondo-processes.ts";
import { probe } from "./test-sound.ts";
import { silentLog } from "./test-stores.ts";
import { until } from "./until.ts";

setDefaultTimeout(60_000);

let rondo: RondoProcesses;
let client: RondoClient;

beforeAll(async () => {
  rondo = await startRondo();
  client = await createRondoClient(rondo.url);
});
afterAll(() => rondo[Symbol.asyncDispose]());

async function call(method: string, path: string, json?: unknown) {
  const res = await fetch(`${rondo.url}/v1${path}`, {
    method,
    headers: { ...client.headers, "content-type": "application/json" },
    body: json === undefined ? null : JSON.stringify(json),
  });
  return { status: res.status, body: (await res.json()) as Record<string, unknown> };
}

const counts = async () => {
  const headers = { authorization: `Bearer ${rondo.operatorKey}` };
  const res = await fetch(`${rondo.url}/v1/jobs/counts`, { headers });
  return (await res.json()) as Record<string, Record<string, number>>;
};

/** The files below data/objects that belong to a version. */
const objectFiles = ({ versionId }: Pick<Started, "versionId">): string[] =>
  [...readdirSync(rondo.dataDir, { recursive: true, encoding: "utf8" })].filter(
    (name) => name.startsWith("objects/") && name.includes(versionId) && /audio\.mp3\/.+/.test(name),
  );

test("the worker is killed as soon as a piece is complete: it is stored all the same, once", async () => {
  const piece = await client.start({ prompt: "slow piano", durationSeconds: 10, seed: 5 });
  await client.untilEnded(piece);
  await rondo.killWorker();
  const whole = new Uint8Array(await (await fetch(piece.links.audio)).arrayBuffer());
  await rondo.startWorker();
  await until("it is uploaded", async () => (await counts())["upload-input"]?.completed === 1, 30_000);
  const [manifest = "", ...others] = objectFiles(piece).filter((name) => name.endsWith(".json"));
  expect(others).toEqual([]);
  // What the killed worker had begun may lie beside it until the sweep takes it.
  const { id } = await Bun.file(join(rondo.dataDir, manifest)).json();
  const parts = objectFiles(piece).filter((name) => name.includes(id));
  expect(parts).toHaveLength(1);
  const stored = await Bun.file(join(rondo.dataDir, parts[0] ?? "")).bytes();
  expect(Buffer.compare(stored, whole)).toBe(0);
  const ranged = await fetch(piece.links.audio, { headers: { range: "bytes=1000-1999" } });
  expect(ranged.status).toBe(206);
  expect(Buffer.compare(await ranged.bytes(), whole.subarray(1000, 2000))).toBe(0);
});

test("chunks that have expired are brought back once, for twenty listeners in another process", async () => {
  const piece = await client.start({ prompt: "waltz", durationSeconds: 10 });
  await client.untilEnded(piece);
  const whole = new Uint8Array(await (await fetch(piece.links.audio)).arrayBuffer());
  await until("it is uploaded", () => objectFiles(piece).some((name) => name.endsWith(".json")), 20_000);
  const stores = await createSharedDeps(
    readConfig({ RONDO_DATA: rondo.dataDir, RONDO_LOG: "silent" }),
    silentLog,
  );
  const inAWeek = Date.now() + 8 * 86_400_000;
  const demo = await stores.registry.findBySlug("demo");
  await until(
    "its chunks have expired",
    async () => {
      const { signal } = new AbortController();
      await sweepTiers({ ...stores, streams: stores.chunkStore }, signal, inAWeek);
      return (await stores.chunkStore.head(audioKey(demo?.id ?? "", piece.versionId))) === undefined;
    },
    20_000,
  );
  await stores.close();
  const before = (await counts())["download-input"]?.completed ?? 0;
  const heard = await Promise.all(
    Array.from({ length: 20 }, () => readByOffset(piece.links.chunks, client.headers)),
  );
  for (const { bytes } of heard) expect(Buffer.compare(bytes, whole)).toBe(0);
  expect((await counts())["download-input"]?.completed).toBe(before + 1);
});

test("a version by words is heard, downloaded and verified; its parent's purge leaves it whole", async () => {
  const parent = await client.start({ prompt: "house, 120 bpm", durationSeconds: 10 });
  await client.untilEnded(parent);
  const made = await call("POST", `/versions/${parent.versionId}/versions`, {
    instruction: "faster, without drums, extend by 5 s",
  });
  expect(made).toMatchObject({ status: 200, body: { trackId: parent.trackId, notUnderstood: [] } });
  const child = made.body as unknown as Started & { links: { download: string } };
  expect(await client.untilEnded(child)).toMatchObject({ state: "complete", plannedMs: 15_000 });
  const file = await (await fetch(child.links.download)).bytes();
  if (onCi || Bun.which("ffprobe") !== null) {
    expect((await probe(file)).format.tags).toMatchObject({ AI_GENERATED: "true" });
  }
  const verify = () =>
    fetch(`${rondo.url}/v1/verify`, { method: "POST", body: file }).then((res) => res.json());
  expect(await verify()).toMatchObject({ verdict: "unaltered", claims: { versionId: child.versionId } });

  expect((await call("DELETE", `/versions/${parent.versionId}`)).status).toBe(200);
  const purge = await call("DELETE", `/versions/${parent.versionId}?purge=now`);
  expect(purge.status).toBe(202);
  await until(
    "the purge is complete",
    async () => (await call("GET", `/receipts/${String(purge.body.id)}`)).body.state === "complete",
    20_000,
  );
  expect((await call("POST", `/versions/${parent.versionId}/restore`)).status).toBe(404);
  expect((await fetch(parent.links.audio)).status).toBe(404);
  expect(objectFiles(parent)).toEqual([]);
  expect((await call("GET", `/versions/${child.versionId}`)).body).toMatchObject({ parentId: null });
  expect(Buffer.compare(await (await fetch(child.links.download)).bytes(), file)).toBe(0);
  const trash = await call("GET", "/queries/trash.list");
  expect(trash.body).toMatchObject({ items: [] });
});

test("what is deleted while it is being made stops, is in the trash, and comes back as far as it was made", async () => {
  const piece = await client.start({ prompt: "long ambient", durationSeconds: 300 });
  await until("it sounds", async () => Number((await client.state(piece)).generatedMs) > 0, 20_000);
  expect((await call("DELETE", `/tracks/${piece.trackId}`)).status).toBe(200);
  expect(await client.untilEnded(piece)).toMatchObject({ state: "cancelled" });
  expect((await fetch(piece.links.audio)).status).toBe(404);
  const trash = await call("GET", "/queries/trash.list");
  expect(trash.body).toMatchObject({ items: [{ kind: "track", subjectId: piece.trackId }] });
  expect((await call("POST", `/tracks/${piece.trackId}/restore`)).body).toMatchObject({ versionCount: 1 });
  const audio = await fetch(piece.links.audio);
  expect(audio.status).toBe(200);
  expect((await audio.bytes()).length).toBeGreaterThan(0);
  const failed = Object.values(await counts()).map((states) => states.failed);
  expect(failed.every((count) => count === 0)).toBe(true);
});
