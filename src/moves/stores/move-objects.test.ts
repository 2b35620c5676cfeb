// Tests moves of the objects of several businesses from one folder to another, also while objects are written, read and
// deleted.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTestStores, type TestStores } from "../../testing/test-stores.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { bytesOf, inChunks, readWhole } from "../../ports/object-store/contract.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import { moveObjects, planObjects } from "./move-objects.ts";
import type { StoreMoveEvent } from "./store-move.ts";

const audio = { contentType: "audio/mpeg" };
const noSignal = new AbortController().signal;

interface Moving extends AsyncDisposable {
  readonly stores: TestStores;
  readonly folder: string;
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  /** The store as the API and the worker use it. */
  readonly objects: ObjectStore;
  readonly events: StoreMoveEvent[];
  move(change?: Partial<{ from: ObjectStore; to: ObjectStore }>): ReturnType<typeof moveObjects>;
}

async function createMoving(): Promise<Moving> {
  const directory = await createTemporaryDirectory();
  const folder = join(directory.path, "former");
  const stores = await createTestStores({ RONDO_OBJECTS_FROM: `file:${folder}` });
  const { from, to } = stores.deps.moves.objects!;
  const events: StoreMoveEvent[] = [];
  const onEvent = (event: StoreMoveEvent): void => void events.push(event);
  return {
    ...{ stores, folder, from, to, events, objects: stores.deps.objects! },
    move: (change) => moveObjects({ control: stores.deps.control, from, to, onEvent, ...change }, noSignal),
    async [Symbol.asyncDispose]() {
      await stores[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const keyOf = (businessId: string, at: number) => ({ businessId, path: `versions/v${at}/audio.mp3` });
const contentOf = (at: number) => bytesOf(20_000 + at, at + 1);

async function fill({ from, stores }: Moving, count: number) {
  const businesses = [await stores.createBusiness(), await stores.createBusiness()];
  for (const { id } of businesses)
    for (let at = 0; at < count; at += 1) await from.write(keyOf(id, at), inChunks(contentOf(at)), audio);
  return businesses.map(({ id }) => id);
}

test("after a move, every object has the same bytes and metadata in the new store", async () => {
  await using moving = await createMoving();
  const ids = await fill(moving, 5);
  const plan = await planObjects({ control: moving.stores.deps.control, from: moving.from, to: moving.to });
  expect(plan).toEqual({ items: 10, bytes: 2 * (5 * 20_000 + 10), present: 0 });
  expect(await moving.move()).toMatchObject({ moved: 10, bytes: plan.bytes, present: 0, troubles: [] });
  for (const id of ids)
    for (let at = 0; at < 5; at += 1) {
      expect(await readWhole(moving.to, keyOf(id, at))).toEqual(contentOf(at));
      const { writtenAtMs: _, ...facts } = (await moving.from.head(keyOf(id, at)))!;
      expect(await moving.to.head(keyOf(id, at))).toMatchObject(facts);
    }
  expect(await moving.move()).toMatchObject({ moved: 0, present: 10 });
});

test("every object can be read while objects move", async () => {
  await using moving = await createMoving();
  const [id = ""] = await fill(moving, 20);
  let isOver = false;
  const wrong: string[] = [];
  const read = async () => {
    for (let at = 0; !isOver; at = (at + 1) % 20) {
      const bytes = await readWhole(moving.objects, keyOf(id, at));
      if (at % 7 !== 0 && (bytes === undefined || Buffer.compare(bytes, contentOf(at)) !== 0))
        wrong.push(`${at} ${bytes?.length}`);
    }
  };
  const change = async () => {
    for (let at = 0; at < 20; at += 7) await moving.objects.delete(keyOf(id, at));
    for (let at = 20; at < 26; at += 1)
      await moving.objects.write(keyOf(id, at), inChunks(contentOf(at)), audio);
  };
  const reading = read();
  const [report] = await Promise.all([moving.move(), change()]);
  isOver = true;
  await reading;
  expect(wrong).toEqual([]);
  expect(report.troubles).toEqual([]);
  for (let at = 0; at < 26; at += 1) {
    const isDeleted = at < 20 && at % 7 === 0;
    const wanted = isDeleted ? undefined : contentOf(at);
    expect(await readWhole(moving.to, keyOf(id, at))).toEqual(wanted);
    if (isDeleted) expect(await moving.from.head(keyOf(id, at))).toBeUndefined();
  }
});

test("an object that is deleted during its copy does not come back", async () => {
  await using moving = await createMoving();
  const [id = ""] = await fill(moving, 3);
  const to: ObjectStore = {
    ...moving.to,
    async write(key, content, options) {
      if (key.path === keyOf(id, 1).path) await moving.objects.delete(key);
      return moving.to.write(key, content, options);
    },
  };
  // The object is deleted after the former store has opened the object. Whether the copy still succeeds depends on the
  // file system.
  await moving.move({ to }).catch(() => undefined);
  await moving.move();
  expect(await moving.objects.head(keyOf(id, 1))).toBeUndefined();
  expect(await readWhole(moving.to, keyOf(id, 2))).toEqual(contentOf(2));
});

test("a damaged object in the former store is reported and not moved", async () => {
  await using moving = await createMoving();
  const [id = ""] = await fill(moving, 5);
  const part = readdirSync(join(moving.folder, id, "versions", "v3", "audio.mp3")).find(
    (name) => !name.endsWith(".json"),
  )!;
  const file = join(moving.folder, id, "versions", "v3", "audio.mp3", part);
  const bytes = readFileSync(file);
  bytes[10_000]! ^= 1;
  writeFileSync(file, bytes);
  const report = await moving.move();
  expect(report.moved).toBe(9);
  expect(report.troubles.map(({ item }) => item)).toEqual([`${id}/versions/v3/audio.mp3`]);
  expect(moving.events.filter(({ event }) => event === "trouble")).toHaveLength(1);
  expect(await moving.to.head(keyOf(id, 3))).toBeUndefined();
  expect((await moving.from.head(keyOf(id, 3)))?.bytes).toBe(20_003);
});

test("a byte that changes during the copy of an object is detected", async () => {
  await using moving = await createMoving();
  const [id = ""] = await fill(moving, 4);
  const damaging = (times: number): ObjectStore => {
    let left = times;
    return {
      ...moving.to,
      async write(key, content, options) {
        if (key.businessId !== id || key.path !== keyOf(id, 2).path || left-- <= 0)
          return moving.to.write(key, content, options);
        const all = Buffer.concat(await Array.fromAsync(content));
        all[5]! ^= 1;
        // The stored bytes differ from the sent bytes, as after a disk fault. The metadata describes the sent bytes.
        const facts = await moving.to.write(key, inChunks(contentOf(2)), options);
        await moving.to.write(key, inChunks(all), { contentType: options.contentType });
        return facts;
      },
    };
  };
  expect((await moving.move({ to: damaging(1) })).troubles).toEqual([]);
  expect(await readWhole(moving.to, keyOf(id, 2))).toEqual(contentOf(2));
  await moving.to.delete(keyOf(id, 2));
  const { troubles } = await moving.move({ to: damaging(9) });
  expect(troubles.map(({ item }) => item)).toEqual([`${id}/versions/v2/audio.mp3`]);
  expect(await readWhole(moving.objects, keyOf(id, 2))).toEqual(contentOf(2));
});

test("if two moves run at the same time, each object is moved only once", async () => {
  await using moving = await createMoving();
  const [id = "", other = ""] = await fill(moving, 4);
  await moving.from.delete(keyOf(other, 0));
  const reports = await Promise.all([moving.move(), moving.move()]);
  expect(reports.map(({ moved }) => moved).toSorted()).toEqual([0, 7]);
  expect(await moving.objects.head(keyOf(other, 0))).toBeUndefined();
  expect(await readWhole(moving.to, keyOf(id, 0))).toEqual(contentOf(0));
});
