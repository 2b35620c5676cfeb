// Loads the master key from the settings or from a file. Creates the file if it is missing, and replaces the key in the
// file during a rotation.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, copyFile, link, mkdir, rename, rm, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../errors.ts";
import type { MasterKeys } from "./sealing.ts";

export interface MasterKeySettings {
  readonly masterKey: Uint8Array | { readonly file: string };
  /** The key before the rotation, from the settings. */
  readonly masterKeyPrevious?: Uint8Array | undefined;
}

const previousOf = (file: string): string => `${file}.previous`;

/**
 * Creates the key file if it is missing. Returns a function that reads the key files again at each call. So a running
 * process gets the new key of a rotation. If the key file is removed while the process runs, the function returns the
 * key that the file had at the start. If a file contains no valid key, `loadMasterKeys` and the returned function throw
 * CONFIG_INVALID.
 */
export async function loadMasterKeys(settings: MasterKeySettings): Promise<() => MasterKeys> {
  const { masterKey, masterKeyPrevious: previous } = settings;
  const current = await loadMasterKey(masterKey);
  if (masterKey instanceof Uint8Array) return () => ({ current, previous });
  const { file } = masterKey;
  return () => ({
    current: readKeyFile(file) ?? current,
    previous: previous ?? readKeyFile(previousOf(file)),
  });
}

/**
 * Writes a new key into the file, and the former key into a second file beside the key file. Does nothing if an
 * interrupted rotation has already written both files.
 */
export async function replaceKeyFile(file: string): Promise<void> {
  const previous = readKeyFile(previousOf(file));
  // A rotation first copies the key into the second file and then writes the new key. So equal keys in both files mean
  // that the interrupted rotation has not written the new key yet.
  if (previous !== undefined && !isEqual(previous, readKeyFile(file))) return;
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  // Each file is renamed to its final name only when it is complete, so a killed process leaves no partial key.
  await copyFile(file, `${draft}.old`);
  await chmod(`${draft}.old`, 0o600);
  await rename(`${draft}.old`, previousOf(file));
  await rename(draft, file);
}

const isEqual = (one: Uint8Array, other: Uint8Array | undefined): boolean =>
  other !== undefined && Buffer.compare(one, other) === 0;

export const removePreviousKeyFile = (file: string): Promise<void> => rm(previousOf(file), { force: true });

/**
 * If `source` is a key, returns this key. Otherwise returns the key in the file. If the file is missing, creates the
 * file with a new key. Two processes that call this function at the same time get the same key.
 */
export async function loadMasterKey(source: Uint8Array | { readonly file: string }): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const existing = readKeyFile(source.file);
  if (existing) return existing;
  await mkdir(dirname(source.file), { recursive: true });
  const draft = `${source.file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  try {
    await link(draft, source.file);
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== "EEXIST") throw err;
  } finally {
    await unlink(draft);
  }
  await chmod(source.file, 0o600);
  const made = readKeyFile(source.file);
  if (!made) throw new AppError("CONFIG_INVALID", `${source.file} could not be created.`);
  return made;
}

function readKeyFile(file: string): Uint8Array | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw err;
  }
  const key = new Uint8Array(Buffer.from(text.trim(), "base64"));
  if (key.length !== 32) {
    throw new AppError(
      "CONFIG_INVALID",
      `The file ${file} does not contain a master key of 32 bytes in base64.`,
      {
        hint: "Restore the right file; sealed data can't be opened without it.",
      },
    );
  }
  return key;
}
