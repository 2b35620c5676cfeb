// Opens an object store that uses files. Each object is a folder with the parts of its content and a manifest that
// lists the parts.
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, rmdir, statfs, unlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError, isAppError } from "../../../errors.ts";
import { spanOf } from "../byte-span.ts";
import { checkedContent, contentDamaged } from "../checked-content.ts";
import {
  createManifestReader,
  type Manifest,
  manifestName,
  partName,
  readManifest,
  syncFolder,
  writeManifest,
} from "./manifest.ts";
import { createPartWriter } from "./parts.ts";
import { listObjects, sweepLeftovers } from "./walk.ts";
import { isDiskFull } from "../../disk-full.ts";
import { checkPrefix, segmentsOf } from "../object-key.ts";
import type { ByteRange, ObjectKey, ObjectRead, ObjectStore } from "../object-store.ts";
import { untilAborted } from "../until-aborted.ts";

export interface FileObjectStoreOptions {
  /** The root folder of the store. It is created if it is missing. */
  readonly folder: string;
  /**
   * The maximum size of a part. Each part is a file, and longer content is divided into several parts. By default, an
   * object has only one part.
   */
  readonly partBytes?: number;
  /**
   * If fewer bytes than this are free when a write begins, the write fails with STORAGE_FULL. The
   * default is 0.
   */
  readonly reserveBytes?: number;
}

export function createFileObjectStore(options: FileObjectStoreOptions): ObjectStore {
  const root = resolve(options.folder);
  // Only checked names are joined, so no path can be outside the root folder.
  const folderOf = (key: ObjectKey): string => join(root, ...segmentsOf(key));
  const manifestOf = createManifestReader();

  return {
    async write(key, content, { contentType, expected, signal }) {
      const folder = folderOf(key);
      const id = randomUUID();
      const parts = createPartWriter(folder, id, options.partBytes ?? Number.POSITIVE_INFINITY);
      let isVisible = false;
      try {
        await refuseWhenNearlyFull(root, options.reserveBytes ?? 0);
        for await (const chunk of untilAborted(content, signal)) await parts.write(chunk);
        const { bytes, crc32c, partBytes } = await parts.end();
        if ((expected?.bytes ?? bytes) !== bytes || (expected?.crc32c ?? crc32c) !== crc32c) {
          throw contentDamaged(`got ${bytes} bytes with ${crc32c}, not ${JSON.stringify(expected)}`);
        }
        const earlier = readIntactManifest(folder);
        const facts = { bytes, crc32c, contentType, writtenAtMs: Date.now() };
        await writeManifest(folder, { id, facts, partBytes });
        isVisible = true;
        await syncUpwards(root, key);
        if (earlier) await removeParts(folder, earlier);
        return facts;
      } catch (err) {
        // If the new object is already visible, its parts must stay. The sweep removes the parts of the earlier object.
        if (!isVisible) {
          await parts.discard();
          await removeEmptyFolders(root, key);
        }
        throw errorOf(err);
      }
    },

    async read(key, range) {
      const folder = folderOf(key);
      const manifest = manifestOf(folder);
      return manifest && readParts(folder, manifest, range);
    },

    async head(key) {
      return manifestOf(folderOf(key))?.facts;
    },

    async list({ businessId, prefix = "", after = "", limit = 1_000 }) {
      checkPrefix(prefix);
      const folder = join(root, ...segmentsOf({ businessId, path: "any" }).slice(0, 1));
      const most = Math.max(1, Math.min(limit, 1_000));
      const items: { path: string; facts: Manifest["facts"] }[] = [];
      for await (const item of listObjects(folder, prefix, after)) {
        if (items.length === most) return { items, next: items.at(-1)?.path };
        items.push(item);
      }
      return { items, next: undefined };
    },

    async delete(key) {
      const folder = folderOf(key);
      const manifest = readIntactManifest(folder);
      // The manifest is deleted first. After a crash, the sweep deletes the remaining parts, because no manifest lists
      // them.
      const wasThere = await unlink(join(folder, manifestName)).then(
        () => true,
        (err: unknown) => unlessMissing(err, false),
      );
      if (manifest) await removeParts(folder, manifest);
      await removeEmptyFolders(root, key);
      return wasThere;
    },

    sweep: (olderThanMs) => sweepLeftovers(root, Date.now() - olderThanMs),
    async close() {},
  };
}

function readParts(
  folder: string,
  { id, facts, partBytes }: Manifest,
  range: ByteRange | undefined,
): ObjectRead {
  const { start, end } = spanOf(range, facts.bytes);
  const pieces: Blob[] = [];
  let partStart = 0;
  for (const [index, bytes] of partBytes.entries()) {
    const file = Bun.file(join(folder, partName(id, index)));
    if (file.size !== bytes) throw contentDamaged(`part ${index} has ${file.size} bytes, not ${bytes}`);
    const [from, to] = [Math.max(start - partStart, 0), Math.min(end - partStart, bytes)];
    if (from < to) pieces.push(from === 0 && to === bytes ? file : file.slice(from, to));
    partStart += bytes;
  }
  const [only, ...more] = pieces;
  const read = { facts, start, end, body: only && more.length === 0 ? only : joined(pieces) };
  return { ...read, checked: () => checkedContent(read) };
}

function joined(pieces: readonly Blob[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = (async function* () {
    for (const piece of pieces) yield* piece.stream();
  })();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return();
    },
  });
}

const removeParts = (folder: string, { id, partBytes }: Manifest): Promise<unknown> =>
  Promise.all(partBytes.map((_, index) => rm(join(folder, partName(id, index)), { force: true })));

/** Syncs the object's folder and all folders above it, so that their entries are durable, too. */
async function syncUpwards(root: string, key: ObjectKey): Promise<void> {
  const segments = segmentsOf(key);
  for (let depth = segments.length; depth >= 0; depth--)
    await syncFolder(join(root, ...segments.slice(0, depth)));
}

/** Removes the key's folder and the folders above it, if they are empty. The root folder always stays. */
async function removeEmptyFolders(root: string, key: ObjectKey): Promise<void> {
  const segments = segmentsOf(key);
  for (let depth = segments.length; depth > 0; depth--) {
    const folder = join(root, ...segments.slice(0, depth));
    const names = await readdir(folder).catch((err: unknown) => unlessMissing(err, []));
    if (names.length > 0) return;
    // If another process has written into the folder since `readdir`, the folder is not empty and
    // is not removed.
    await rmdir(folder).catch((err: unknown) => unlessMissing(err, undefined, "ENOTEMPTY"));
  }
}

async function refuseWhenNearlyFull(root: string, reserveBytes: number): Promise<void> {
  if (reserveBytes === 0) return;
  await mkdir(root, { recursive: true });
  const { bavail, bsize } = await statfs(root);
  if (bavail * bsize < reserveBytes) throw storageFull(undefined);
}

/**
 * Returns undefined for a missing manifest. Also returns undefined for a damaged manifest, so that its object can be
 * replaced or deleted. A damaged manifest does not say which parts the object has, so a sweep deletes the parts later.
 */
function readIntactManifest(folder: string): Manifest | undefined {
  try {
    return readManifest(folder);
  } catch (err) {
    if (isAppError(err, "CONTENT_DAMAGED")) return undefined;
    throw err;
  }
}

function unlessMissing<T>(err: unknown, otherwise: T, also = "ENOENT"): T {
  const code = err instanceof Error && "code" in err ? err.code : undefined;
  if (code === "ENOENT" || code === also) return otherwise;
  throw err;
}

const storageFull = (cause: unknown): AppError =>
  new AppError("STORAGE_FULL", "The object storage is full.", {
    hint: "Free some disk space; stored data is not affected.",
    cause,
  });

const errorOf = (err: unknown): unknown => (isDiskFull(err) ? storageFull(err) : err);
