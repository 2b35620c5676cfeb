// Walks through the folders of objects that are stored as files, to list objects and to delete leftovers.
import type { Dirent } from "node:fs";
import { readdir, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isAppError } from "../../../errors.ts";
import { manifestName, partName, readManifest } from "./manifest.ts";
import type { ObjectFacts } from "../object-store.ts";

export interface ListedObject {
  readonly path: string;
  readonly facts: ObjectFacts;
}

/**
 * Lists, in byte order, the objects in `folder` whose paths begin with `prefix` and sort after
 * `after`. A missing folder is listed as empty. The path of an object is `parent` followed by the
 * path inside `folder`. `parent` is empty or ends with a slash. If the manifest of a listed object
 * is damaged, throws CONTENT_DAMAGED.
 */
export async function* listObjects(
  folder: string,
  prefix: string,
  after: string,
  parent = "",
): AsyncGenerator<ListedObject> {
  // A folder "a" can be an object and also contain objects. These can't be listed together, because
  // in byte order another object can be between them: "a", "a-b", "a/x". So each folder becomes two
  // steps of this loop: "a" lists the object, and "a/" lists the objects inside.
  const steps = (await entriesOf(folder))
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [`${parent}${name}`, `${parent}${name}/`])
    .toSorted(byBytes);
  for (const step of steps) {
    const below = step.endsWith("/");
    const inRange = step.startsWith(prefix) || (below && prefix.startsWith(step));
    if (!inRange || (below ? `${step}\uffff` <= after : step <= after)) continue;
    const at = join(folder, step.slice(parent.length));
    if (below) {
      yield* listObjects(at, prefix, after, step);
      continue;
    }
    const facts = readManifest(at)?.facts;
    if (facts) yield { path: step, facts };
  }
}

/**
 * Removes three kinds of leftovers that were last changed before `beforeMs`: drafts of manifests,
 * parts that are in no manifest, and empty folders inside `folder`. If a removal leaves a folder
 * empty, this folder has just changed, so it is removed only by a later call. If a manifest is
 * damaged, all files next to it are kept. Returns the number of removed files, without folders.
 */
export async function sweepLeftovers(folder: string, beforeMs: number): Promise<number> {
  let removed = 0;
  const entries = await entriesOf(folder);
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const below = join(folder, entry.name);
    removed += await sweepLeftovers(below, beforeMs);
    if ((await changedAtMs(below)) < beforeMs) await removeWhenEmpty(below);
  }
  const files = entries.filter((entry) => entry.isFile() && entry.name !== manifestName);
  if (files.length === 0) return removed;
  const named = namedParts(folder);
  if (named === "damaged") return removed; // an operator can still repair the manifest
  for (const { name } of files) {
    const path = join(folder, name);
    if (named.has(name) || (await changedAtMs(path)) >= beforeMs) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

function namedParts(folder: string): ReadonlySet<string> | "damaged" {
  try {
    const manifest = readManifest(folder);
    return new Set(manifest?.partBytes.map((_, index) => partName(manifest.id, index)));
  } catch (err) {
    if (isAppError(err, "CONTENT_DAMAGED")) return "damaged";
    throw err;
  }
}

/** Keys are ASCII, so the order of the characters is the order of the bytes. */
const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (err) {
    if (hasCode(err, "ENOENT", "ENOTDIR")) return [];
    throw err;
  }
}

/** Returns infinity for a file or folder that no longer exists, so it is not treated as old. */
async function changedAtMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (err) {
    if (hasCode(err, "ENOENT")) return Number.POSITIVE_INFINITY;
    throw err;
  }
}

async function removeWhenEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (err) {
    if (!hasCode(err, "ENOTEMPTY", "ENOENT", "EEXIST")) throw err;
  }
}

const hasCode = (err: unknown, ...codes: string[]): boolean =>
  err instanceof Error && "code" in err && codes.includes(String(err.code));
