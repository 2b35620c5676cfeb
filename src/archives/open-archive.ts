// Opens an archive. Before the archive is returned, each file in it is read and checked against the
// SHA-256 in the manifest, and each JSON file is also checked against its format.
import { createHash } from "node:crypto";
import type { z } from "zod";
import { type Manifest, manifestName, manifestSchema, schemaOf } from "./archive-format.ts";
import { damaged, openTar, type TarReader } from "./tar-file.ts";

export interface Archive {
  readonly manifest: Manifest;
  has(name: string): boolean;
  read(name: string): AsyncIterable<Uint8Array>;
  text(name: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * The caller must close the archive. Throws NOT_FOUND if the file can't be read. Throws INVALID_BODY if the file is
 * damaged or is no archive. If the archive has no file of the given name, `read` and `text` throw INVALID_BODY.
 */
export async function openArchive(path: string): Promise<Archive> {
  const tar = await openTar(path);
  try {
    const text = async (name: string) => Buffer.concat(await Array.fromAsync(tar.read(name))).toString();
    const manifest = parseManifest(await text(manifestName));
    await checkFiles(tar, manifest);
    const names = new Set(tar.names);
    return { manifest, text, has: (name) => names.has(name), read: tar.read, close: tar.close };
  } catch (err) {
    await tar.close();
    throw err;
  }
}

function parseManifest(text: string): Manifest {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw damaged("Its manifest is not JSON.");
  }
  const manifest = manifestSchema.safeParse(raw);
  if (manifest.success) return manifest.data;
  throw damaged("Its manifest has missing or invalid fields.");
}

async function checkFiles(tar: TarReader, { files }: Manifest): Promise<void> {
  for (const name of tar.names)
    if (name !== manifestName && files[name] === undefined) throw damaged(`${name} is not in its manifest.`);
  for (const [name, facts] of Object.entries(files)) {
    const hash = createHash("sha256");
    const schema = schemaOf(name);
    const parts: Uint8Array[] = [];
    for await (const part of tar.read(name)) {
      hash.update(part);
      if (schema !== undefined) parts.push(part);
    }
    if (hash.digest("hex") !== facts.sha256)
      throw damaged(`The SHA-256 of ${name} differs from the one in the manifest.`);
    if (schema === undefined) continue;
    const text = Buffer.concat(parts).toString();
    const values = name.endsWith(".jsonl") ? text.trimEnd().split("\n") : [text];
    if (!values.every((value) => isJsonOf(schema, value)))
      throw damaged(`The content of ${name} is not in the format of an archive.`);
  }
}

function isJsonOf(schema: z.ZodType, text: string): boolean {
  try {
    return schema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
