// Tests Rondo on a full or nearly full disk: new work is refused, existing pieces play, and deletions free space.
import { expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createDiskRoom } from "../../../process/disk-room.ts";
import { startGeneration } from "../../../generations/start-generation.ts";
import { deleteThing } from "../../../library/trash/delete-thing.ts";
import { createRondoClient, type Started } from "../processes/rondo-client.ts";
import { startRondo } from "../processes/rondo-processes.ts";
import { codeOf, createStudio } from "../../studio.ts";
import { mountSmallDisk } from "../../disks/small-disk.ts";
import { until } from "../../until.ts";

setDefaultTimeout(240_000);

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

/** Fills the disk as another program would: it writes until the system accepts no more bytes. */
function fillUp(file: string): void {
  const handle = openSync(file, "w");
  try {
    for (const size of [65_536, 4_096, 512]) {
      try {
        for (;;) if (writeSync(handle, new Uint8Array(size)) < size) break;
      } catch {
        // The error was ENOSPC, so the loop continues with a smaller size.
      }
    }
  } finally {
    closeSync(handle);
  }
}

test("on a full disk, only new work is refused", async () => {
  await using disk = await mountSmallDisk(40);
  if (!disk.isMounted)
    return console.warn("skipped: only root may mount the small disk that this test fills");
  await using rondo = await startRondo({ RONDO_DATA: join(disk.path, "data") });
  const client = await createRondoClient(rondo.url);
  const pieces: Started[] = [];
  for (let seed = 0; seed < 4; seed++)
    pieces.push(await client.start({ prompt: "slow piano", durationSeconds: 60, seed }));
  for (const piece of pieces) expect((await client.untilEnded(piece)).state).toBe("complete");
  const objects = () =>
    readdirSync(join(disk.path, "data/objects"), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith("@object.json"),
    );
  await until("the pieces are in the object store", () => objects().length === 4, 60_000);

  const filler = join(disk.path, "somebody-else");
  fillUp(filler);
  expect(freeBytes(disk.path)).toBeLessThan(4_096);

  const refused = await fetch(`${rondo.url}/v1/generations`, {
    method: "POST",
    headers: { ...client.headers, "content-type": "application/json" },
    body: JSON.stringify({ prompt: "rain", durationSeconds: 60 }),
  });
  expect(refused.status).toBe(507);
  expect(await refused.json()).toMatchObject({
    code: "STORAGE_FULL",
    hint: expect.stringContaining("purge=now"),
  });
  const ready = (await (await fetch(`${rondo.url}/ready`)).json()) as { acceptsNewWork: boolean };
  expect(ready.acceptsNewWork).toBe(false);
  expect(await (await fetch(`${rondo.url}/metrics`)).text()).toMatch(
    /rondo_disk_free_bytes\{folder="[^"]+"\} \d+/,
  );
  const heard = await fetch(pieces[0]?.links.audio ?? "", { headers: { range: "bytes=0-" } });
  expect((await heard.bytes()).length).toBeGreaterThan(900_000);

  for (const { trackId } of pieces.slice(0, 2)) {
    const remove = (query: string) =>
      fetch(`${rondo.url}/v1/tracks/${trackId}${query}`, { method: "DELETE", headers: client.headers });
    expect((await remove("")).status).toBe(200);
    const purge = await remove("?purge=now");
    expect(purge.status).toBe(202);
    const { id } = (await purge.json()) as { id: string };
    await until(
      "the purge is complete, with its receipt",
      async () => {
        const receipt = await fetch(`${rondo.url}/v1/receipts/${id}`, { headers: client.headers });
        return ((await receipt.json()) as { state: string }).state === "complete";
      },
      60_000,
    );
  }
  await until("the disk has space again", () => freeBytes(disk.path) > 2_000_000, 60_000);
  const lines = rondo.output().split("\n");
  expect(lines.filter((line) => line.includes("stumbled")).length).toBeLessThan(10);

  rmSync(filler);
  await until(
    "new work is accepted",
    async () => {
      const answer = await (await fetch(`${rondo.url}/ready`)).json();
      return (answer as { acceptsNewWork: boolean }).acceptsNewWork;
    },
    60_000,
  );
  const again = await client.start({ prompt: "slow piano", durationSeconds: 10 });
  expect((await client.untilEnded(again)).state).toBe("complete");
});

test("if a disk has less free space than RONDO_DISK_LEFT_FREE, only new work is refused", async () => {
  await using studio = await createStudio();
  const piece = await studio.make();
  const room = createDiskRoom({ ...studio.stores.config, diskLeftFreeBytes: Number.MAX_SAFE_INTEGER });
  const low = { ...studio.deps, room };
  const asked = startGeneration(low, studio.alice, { prompt: "rain", durationSeconds: 10 });
  expect(await codeOf(asked)).toBe("STORAGE_FULL");
  const thing = { kind: "version", id: piece.versionId } as const;
  expect(await deleteThing(low, studio.alice, thing)).toMatchObject({ kind: "version" });
});
