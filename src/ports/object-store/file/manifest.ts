// Reads and writes the manifest of an object that is stored as files. An object without a manifest doesn't exist.
import { randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import { contentDamaged } from "../checked-content.ts";
import type { ObjectFacts } from "../object-store.ts";

export interface Manifest {
  /** The names of the part files contain this id, so that each write has its own files. */
  readonly id: string;
  readonly facts: ObjectFacts;
  readonly partBytes: readonly number[];
}

// No key contains "@", so these names are never equal to the folder of another object.
export const manifestName = "@object.json";
export const partName = (id: string, index: number): string => `@${id}.${String(index).padStart(5, "0")}`;

/** Returns undefined if there is no manifest. Throws CONTENT_DAMAGED if the manifest is damaged. */
export function readManifest(folder: string): Manifest | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, manifestName), "utf8");
  } catch (err) {
    if (err instanceof Error && "code" in err && (err.code === "ENOENT" || err.code === "ENOTDIR")) {
      return undefined;
    }
    throw err;
  }
  const manifest = parseManifest(text);
  if (!manifest) throw contentDamaged(`${folder}: the manifest is damaged`);
  return manifest;
}

/**
 * Creates a `readManifest` with a cache of up to `entriesMax` recently read manifests. The cache detects when another
 * process has replaced a manifest.
 */
export function createManifestReader(entriesMax = 2_000): (folder: string) => Manifest | undefined {
  const known = new LRUCache<string, { readonly stamp: string; readonly manifest: Manifest }>({
    max: entriesMax,
  });
  return (folder) => {
    // Each write renames a new file to this name. So after a write, the inode or the time is
    // different.
    const stat = statSync(join(folder, manifestName), { throwIfNoEntry: false });
    const earlier = known.get(folder);
    if (!stat) {
      known.delete(folder);
      return undefined;
    }
    const stamp = `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    const manifest = earlier?.stamp === stamp ? earlier.manifest : readManifest(folder);
    if (manifest) known.set(folder, { stamp, manifest });
    else known.delete(folder);
    return manifest;
  };
}

function parseManifest(text: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(text) as Manifest;
    const bytes = manifest.partBytes.reduce((sum, part) => sum + part, 0);
    return bytes === manifest.facts.bytes && /^[0-9a-f-]{36}$/.test(manifest.id) ? manifest : undefined;
  } catch {
    return undefined; // The file is not JSON or lacks fields. The caller throws the error.
  }
}

/**
 * Writes the manifest atomically, in place of an earlier one. All parts must be on disk before this
 * call. The caller must sync the folder afterwards: until then, a power failure can undo the write.
 */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const draft = join(folder, `@${randomUUID()}.json`);
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(JSON.stringify(manifest));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, join(folder, manifestName));
  } catch (err) {
    await rm(draft, { force: true });
    throw err;
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
