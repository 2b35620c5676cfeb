// Seals the master key under a passphrase, so that a backup can contain the key.
import { randomBytes, scryptSync } from "node:crypto";
import { createSealing } from "../businesses/secrets/sealing.ts";
import { AppError, isAppError } from "../errors.ts";
import type { BackedUpKey } from "./backup-format.ts";

const context = "backup/master-key";
/** The cost of scrypt: 2^17, as in OWASP's Password Storage Cheat Sheet. A try takes about 128 MiB and 0.5 seconds. */
const cost = 131_072;
const passphraseCharactersMin = 12;

/** Throws INVALID_PARAMETER if the passphrase has fewer than 12 characters. */
export function sealMasterKey(masterKey: Uint8Array, passphrase: string): BackedUpKey {
  if (passphrase.length < passphraseCharactersMin)
    throw new AppError("INVALID_PARAMETER", "The passphrase of the backup is too short.", {
      hint: `Use ${passphraseCharactersMin} characters or more.`,
    });
  const salt = randomBytes(16).toString("base64url");
  const sealing = createSealing(() => ({ current: keyFrom(passphrase, salt, cost) }));
  return { kind: "sealed", salt, cost, sealed: sealing.seal(masterKey, context) };
}

/**
 * Throws INVALID_PARAMETER if the passphrase is wrong, or if the sealed key, the salt or the cost was altered.
 */
export function openMasterKey(
  { salt, cost: givenCost, sealed }: Extract<BackedUpKey, { kind: "sealed" }>,
  passphrase: string,
): Uint8Array {
  try {
    return createSealing(() => ({ current: keyFrom(passphrase, salt, givenCost) })).open(sealed, context);
  } catch (cause) {
    // If the cost is damaged, scrypt throws a RangeError.
    if (!isAppError(cause, "INTERNAL") && !(cause instanceof RangeError)) throw cause;
    throw new AppError("INVALID_PARAMETER", "The passphrase does not open the master key of this backup.", {
      hint: "Use the passphrase that the backup was made with.",
      cause,
    });
  }
}

const keyFrom = (passphrase: string, salt: string, n: number): Uint8Array =>
  scryptSync(passphrase.normalize("NFC"), Buffer.from(salt, "base64url"), 32, {
    ...{ N: n, r: 8, p: 1, maxmem: 256 * n * 8 },
  });
