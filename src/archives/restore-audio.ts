// Restores the streams and objects of an archive. A stream is left out if it has expired, or if its version or
// generation was not restored. An object is left out if its version was not restored.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import { versionOfObject } from "../library/tiers/object-keys.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import { generationOfEvents, versionOfAudio } from "../streams/stream-keys.ts";
import {
  chunkSizesName,
  chunksName,
  objectMetaName,
  objectMetaSchema,
  objectName,
  streamMetaName,
  streamMetaSchema,
} from "./archive-format.ts";
import type { Archive } from "./open-archive.ts";

/** Returns the number of restored streams. If a stream has a TTL, the TTL begins again. */
export async function restoreStreams(
  { chunkStore }: { readonly chunkStore: Pick<ChunkStore, "create" | "append"> },
  archive: Archive,
  database: BusinessDatabase,
  businessId: string,
): Promise<number> {
  let restored = 0;
  for (let at = 0; archive.has(streamMetaName(at)); at += 1) {
    const { path, closed, ...options } = streamMetaSchema.parse(
      JSON.parse(await archive.text(streamMetaName(at))),
    );
    const key = { businessId, path };
    const versionId = versionOfAudio(key);
    const requestId = generationOfEvents(key);
    if (versionId !== undefined && !(await hasRow(database, "versions", versionId))) continue;
    // A stream that has expired since the archive was made is not restored.
    if (options.expiresAtMs !== undefined && options.expiresAtMs <= Date.now()) continue;
    if (requestId !== undefined && !(await hasRow(database, "generations", requestId))) continue;
    await chunkStore.create(key, {
      contentType: options.contentType,
      ...(options.ttlSeconds === undefined ? {} : { ttlSeconds: options.ttlSeconds }),
      ...(options.expiresAtMs === undefined || options.ttlSeconds !== undefined
        ? {}
        : { expiresAtMs: options.expiresAtMs }),
    });
    for (let part = 0; archive.has(chunksName(at, part)); part += 1)
      await chunkStore.append(key, { chunks: await chunksOf(archive, at, part) });
    if (closed) await chunkStore.append(key, { chunks: [], close: true });
    restored += 1;
  }
  return restored;
}

async function chunksOf(archive: Archive, at: number, part: number): Promise<readonly Uint8Array[]> {
  const bytes = Buffer.concat(await Array.fromAsync(archive.read(chunksName(at, part))));
  const sizes = JSON.parse(await archive.text(chunkSizesName(at, part))) as readonly number[];
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return bytes.subarray(start - size, start);
  });
}

/** Returns the number of restored objects. The caller must give an object store (`objects`) if the archive contains objects. */
export async function restoreObjects(
  { objects }: { readonly objects: Pick<ObjectStore, "write"> | undefined },
  archive: Archive,
  database: BusinessDatabase,
  businessId: string,
): Promise<number> {
  let restored = 0;
  for (let at = 0; archive.has(objectMetaName(at)); at += 1) {
    const { path, contentType, ...expected } = objectMetaSchema.parse(
      JSON.parse(await archive.text(objectMetaName(at))),
    );
    const versionId = versionOfObject(path);
    if (versionId !== undefined && !(await hasRow(database, "versions", versionId))) continue;
    await objects?.write({ businessId, path }, archive.read(objectName(at)), { contentType, expected });
    restored += 1;
  }
  return restored;
}

async function hasRow(
  { kysely }: BusinessDatabase,
  table: "versions" | "generations",
  id: string,
): Promise<boolean> {
  const row = await kysely.selectFrom(table).select("id").where("id", "=", id).executeTakeFirst();
  return row !== undefined;
}
