// Opens a backup, and reads its list of objects. Each file in the backup, except the manifest, is
// checked against its SHA-256 in the manifest.
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import {
  type BackupManifest,
  controlName,
  manifestName,
  manifestSchema,
  type ObjectEntry,
  objectEntrySchema,
  objectListName,
} from "./backup-format.ts";
import { factsOf } from "./make-backup.ts";

export interface Backup {
  readonly folder: string;
  readonly manifest: BackupManifest;
  readonly objects: readonly ObjectEntry[];
}

/**
 * Changes nothing. Throws NOT_FOUND if the folder has no manifest, and STORE_NEWER if a newer Rondo
 * made the backup. Throws INVALID_BODY in these cases:
 * - The manifest is damaged, or doesn't list the control database or the list of objects.
 * - A file of the manifest is missing or was changed.
 * - The folder has a file that is not in the manifest.
 * - The list of objects has an invalid line, or names a file that is not in the manifest.
 */
export async function openBackup(folder: string): Promise<Backup> {
  const file = join(folder, manifestName);
  if (!existsSync(file))
    throw new AppError("NOT_FOUND", `${folder} is not a backup: it has no ${manifestName}.`, {
      hint: "Name the folder that `rondo backup` wrote. A folder that ends in .partial is not complete.",
    });
  const manifest = parseManifest(await readFile(file, "utf8"));
  for (const name of [controlName, objectListName])
    if (manifest.files[name] === undefined) throw damaged(`The manifest does not list ${name}.`);
  for (const [name, facts] of Object.entries(manifest.files)) {
    if (!existsSync(join(folder, name))) throw damaged(`${name} is missing.`);
    const { sha256 } = await factsOf(join(folder, name));
    if (sha256 !== facts.sha256)
      throw damaged(`The SHA-256 of ${name} differs from the one in the manifest.`);
  }
  const known = new Set([manifestName, ...Object.keys(manifest.files)]);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const name = join(entry.parentPath, entry.name).slice(join(folder, "/").length);
    if (entry.isFile() && !known.has(name)) throw damaged(`The manifest does not list ${name}.`);
  }
  const lines = (await readFile(join(folder, objectListName), "utf8")).split("\n").filter(Boolean);
  const objects = lines.map(parseObjectEntry);
  for (const { file: name } of objects)
    if (!known.has(name)) throw damaged(`${objectListName} names ${name}, which the manifest does not list.`);
  return { folder, manifest, objects };
}

function parseObjectEntry(line: string): ObjectEntry {
  try {
    return objectEntrySchema.parse(JSON.parse(line));
  } catch {
    throw damaged(`${objectListName} has an invalid line.`);
  }
}

function parseManifest(text: string): BackupManifest {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw damaged("Its manifest is not JSON.");
  }
  const { format, version } = (raw ?? {}) as Record<string, unknown>;
  if (format === "rondo-backup" && typeof version === "number" && version > 1)
    throw new AppError("STORE_NEWER", "This backup was made by a newer version of Rondo.", {
      hint: "Update Rondo, then restore the backup.",
    });
  const manifest = manifestSchema.safeParse(raw);
  if (manifest.success) return manifest.data;
  throw damaged("Its manifest has missing or invalid fields.");
}

export const damaged = (why: string): AppError =>
  new AppError("INVALID_BODY", `The backup is damaged: ${why}`, {
    hint: "Use another copy of the backup. Nothing was changed.",
  });
