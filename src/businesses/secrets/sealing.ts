// Seals secrets at rest with AES-256-GCM under the master key, and creates that key if it is
// missing.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../errors.ts";

/**
 * `context` names the secret's purpose: text sealed for one purpose can't be opened for another.
 */
export interface Sealing {
  seal(plain: Uint8Array, context: string): string;
  /** Throws INTERNAL when the text was altered, has another purpose, or was sealed under another master key. */
  open(sealed: string, context: string): Uint8Array;
}

const version = "v1";
const nonceBytes = 12;
const tagBytes = 16;

/** `key`: 32 bytes. */
export function createSealing(key: Uint8Array): Sealing {
  return {
    seal(plain, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return `${version}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
    },
    open(sealed, context) {
      const [tag, text = ""] = sealed.split(".");
      const bytes = Buffer.from(text, "base64url");
      try {
        if (tag !== version) throw new Error(`sealed as ${tag}, not ${version}`);
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes))
          .setAAD(Buffer.from(context))
          .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        return new Uint8Array(
          Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]),
        );
      } catch (cause) {
        throw new AppError("INTERNAL", "A stored secret can't be opened.", {
          hint: "Check that RONDO_MASTER_KEY (or the file master.key) is the key that this data was created with.",
          cause,
        });
      }
    },
  };
}

/**
 * Reads the key, or creates it when the file is missing; two concurrent processes get the same one.
 */
export async function loadMasterKey(source: Uint8Array | { readonly file: string }): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const existing = await readKeyFile(source.file);
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
  const made = await readKeyFile(source.file);
  if (!made) throw new AppError("CONFIG_INVALID", `${source.file} could not be created.`);
  return made;
}

async function readKeyFile(file: string): Promise<Uint8Array | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
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
