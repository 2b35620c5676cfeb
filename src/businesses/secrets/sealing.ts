// Seals secrets at rest with AES-256-GCM under the master key.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AppError } from "../../errors.ts";

/**
 * `context` is the name of a secret's purpose. A secret that was sealed for one purpose can't be
 * opened for another purpose.
 */
export interface Sealing {
  seal(plain: Uint8Array, context: string): string;
  /**
   * Throws INTERNAL if the sealed string was altered, has another purpose, or was sealed under a key
   * other than the current and the previous master key.
   */
  open(sealed: string, context: string): Uint8Array;
  /**
   * Returns whether the current master key opens the string. Doesn't read the keys again: the current key is the key
   * that was read last, at the start or by `seal` or `open`.
   */
  isCurrent(sealed: string, context: string): boolean;
}

/** The master keys in use. During a rotation, some secrets are sealed under the previous key. */
export interface MasterKeys {
  /** 32 bytes. */
  readonly current: Uint8Array;
  readonly previous?: Uint8Array | undefined;
}

const version = "v1";
const nonceBytes = 12;
const tagBytes = 16;

/**
 * `keys` returns the master keys. It is called at the start and before each secret is sealed. It is also called if
 * neither of the known keys opens a secret. So a running process gets the new keys after a rotation.
 */
export function createSealing(keys: () => MasterKeys): Sealing {
  let known = keys();
  const find = (sealed: string, context: string): Uint8Array | undefined => {
    const { current, previous } = known;
    return openWith(current, sealed, context) ?? (previous && openWith(previous, sealed, context));
  };
  return {
    seal(plain, context) {
      known = keys();
      const key = known.current;
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return `${version}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
    },
    open(sealed, context) {
      const found = find(sealed, context);
      if (found !== undefined) return found;
      known = keys();
      const foundNow = find(sealed, context);
      if (foundNow !== undefined) return foundNow;
      throw new AppError("INTERNAL", "A stored secret can't be opened.", {
        hint: "Check that RONDO_MASTER_KEY (or the file master.key) is the key that this data was created with.",
      });
    },
    isCurrent: (sealed, context) => openWith(known.current, sealed, context) !== undefined,
  };
}

/** Returns undefined if the string was altered, or has another context or another key. */
function openWith(key: Uint8Array, sealed: string, context: string): Uint8Array | undefined {
  const [tag, text = ""] = sealed.split(".");
  if (tag !== version) return undefined;
  const bytes = Buffer.from(text, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return new Uint8Array(
      Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]),
    );
  } catch {
    // The string is too short, or the authentication tag doesn't match. A wrong key and altered bytes have the same
    // effect.
    return undefined;
  }
}
