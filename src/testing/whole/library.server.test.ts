// Tests the API and worker processes over loopback: pieces are changed, downloaded, verified, deleted, restored and
// purged, and a piece is stored although its worker is killed.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readConfig } from "../../config/config.ts";
import { createSharedDeps, type SharedDeps } from "../../deps/shared-deps.ts";
import { sweepGenerations } from "../../generations/sweep-generations.ts";
import { audioObjectKey } from "../../library/tiers/object-keys.ts";
import { sweepTiers } from "../../library/tiers/sweep-tiers.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { onCi } from "../runners/on-ci.ts";
import { onEachProfile } from "../profiles.ts";
import {
  createBusinessClient,
  readByOffset,
  type RondoClient,
  type Started,
} from "./processes/rondo-client.ts";
import { type RondoProcesses, startRondo } from "./processes/rondo-processes.ts";
import { noSignal } from "../studio.ts";
import { probe } from "../sound/test-sound.ts";
import { silentLog } from "../test-stores.ts";
import { until } from "../until.ts";

setDefaultTimeout(60_000);

onEachProfile((profile) => {
  let rondo: RondoProcesses;
  let client: RondoClient;
  let undo: AsyncDisposableStack;
  /** The stores of the processes, for inspection. */
  let deps: SharedDeps & { readonly objects: ObjectStore; readonly streams: ChunkStore };
  let businessId: string;

  beforeAll(async () => {
    undo = new AsyncDisposableStack();
    const { environment } = undo.use(await profile.openStores());
    rondo = undo.use(await startRondo(environment));
    client = await createBusinessClient(rondo, "acme");
    const config = readConfig({ RONDO_DATA: rondo.dataDir, RONDO_LOG: "silent", ...environment });
    const shared = undo.adopt(await createSharedDeps(config, silentLog), (opened) => opened.close());
    if (!shared.objects) throw new Error("There is no object store.");
    deps = { ...shared, objects: shared.objects, streams: shared.chunkStore };
    businessId = (await deps.registry.findBySlug("acme"))?.id ?? "";
  });
  afterAll(() => undo.disposeAsync());

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

  /** Returns the paths of a version's stored objects, at most ten. */
  const objectsOf = async ({ versionId }: Pick<Started, "versionId">): Promise<readonly string[]> => {
    const prefix = `versions/${versionId}/`;
    const { items } = await deps.objects.list({ businessId, prefix, after: "", limit: 10 });
    return items.map(({ path }) => path);
  };

  test("if the worker is killed before a complete piece is stored, another worker stores the piece once", async () => {
    const piece = await client.start({ prompt: "slow piano", durationSeconds: 10, seed: 5 });
    await client.untilEnded(piece);
    await rondo.killWorker();
    const whole = new Uint8Array(await (await fetch(piece.links.audio)).arrayBuffer());
    await rondo.startWorker();
    await until(
      "the piece is uploaded",
      async () => {
        // The worker runs this sweep only every ten seconds, so the test runs it as well.
        await sweepGenerations(deps, noSignal);
        return (await counts())["upload-input"]?.completed === 1;
      },
      60_000,
    );
    expect(await objectsOf(piece)).toEqual([`versions/${piece.versionId}/audio.mp3`]);
    const stored = await deps.objects.read(audioObjectKey(businessId, piece.versionId));
    expect(Buffer.compare(await new Response(stored?.body).bytes(), whole)).toBe(0);
    const ranged = await fetch(piece.links.audio, { headers: { range: "bytes=1000-1999" } });
    expect(ranged.status).toBe(206);
    expect(Buffer.compare(await ranged.bytes(), whole.subarray(1000, 2000))).toBe(0);
  });

  test("when twenty listeners read expired chunks at the same time, the chunks are restored only once", async () => {
    const piece = await client.start({ prompt: "waltz", durationSeconds: 10 });
    await client.untilEnded(piece);
    const whole = new Uint8Array(await (await fetch(piece.links.audio)).arrayBuffer());
    await until("the piece is uploaded", async () => (await objectsOf(piece)).length === 1, 20_000);
    const inAWeek = Date.now() + 8 * 86_400_000;
    await until(
      "the chunks of the piece have expired",
      async () => {
        await sweepTiers(deps, noSignal, inAWeek);
        return (await deps.chunkStore.head(audioKey(businessId, piece.versionId))) === undefined;
      },
      60_000,
    );
    const before = (await counts())["download-input"]?.completed ?? 0;
    const heard = await Promise.all(
      Array.from({ length: 20 }, () => readByOffset(piece.links.chunks, client.headers)),
    );
    for (const { bytes } of heard) expect(Buffer.compare(bytes, whole)).toBe(0);
    // Listeners get the last byte a moment before the download job ends, so the test waits for the end of the job.
    const downloads = async () => (await counts())["download-input"] ?? {};
    await until("no download is running", async () => {
      const { waiting = 0, delayed = 0, active = 0 } = await downloads();
      return waiting + delayed + active === 0;
    });
    expect((await downloads()).completed).toBe(before + 1);
  });

  test("the file of a version does not change when the parent version is purged", async () => {
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
    expect(await objectsOf(parent)).toEqual([]);
    expect((await call("GET", `/versions/${child.versionId}`)).body).toMatchObject({ parentId: null });
    expect(Buffer.compare(await (await fetch(child.links.download)).bytes(), file)).toBe(0);
    const trash = await call("GET", "/queries/trash.list");
    expect(trash.body).toMatchObject({ items: [] });
  });

  test("if a piece is deleted during a generation, the audio that was made can be restored", async () => {
    const piece = await client.start({ prompt: "long ambient", durationSeconds: 300 });
    await until(
      "some sound is made",
      async () => Number((await client.state(piece)).generatedMs) > 0,
      20_000,
    );
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
});
