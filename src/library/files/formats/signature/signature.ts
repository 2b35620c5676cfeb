// Signs sound. The signature in a file proves that a business of this installation of Rondo made the sound in the file.
// The signature is a compact JWS (RFC 7515, EdDSA) that contains the hash of the sound.
import {
  base64url,
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import type { DigitalSourceType } from "../track-tags.ts";

/** The signed claims. The hash covers only the sound, so the signature stays valid if a player changes the tags. */
export interface SoundClaims {
  readonly format: "mp3" | "wav";
  /** The SHA-256 in base64url: of the bytes of an MP3 without the tags, or of the samples of a WAV. */
  readonly sha256: string;
  readonly versionId: string;
  readonly businessId: string;
  readonly createdAt: string;
  readonly sourceType: DigitalSourceType;
}

export interface SigningKey {
  /** The thumbprint of the public key (RFC 7638). */
  readonly keyId: string;
  /**
   * An Ed25519 key. Whoever has it can sign on behalf of the business, so the key is never logged. The key is not
   * stored either, because signing-keys.ts derives it.
   */
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

/** Returns the public key of a business of this installation. Returns undefined if no business has this key. */
export type FindPublicKey = (keyId: string) => Promise<JWK | undefined>;

/** Signs the SHA-256 of a sound. The key and the other claims are fixed, so all signatures have the same length. */
export type SignHash = (sha256: Uint8Array) => Promise<string>;

/**
 * "ours": the text was signed with a key of this installation. "forged": the text names a key of this installation, but
 * was not signed with this key. "foreign": the text names no key of this installation, or is not a signature.
 */
export type SignatureCheck =
  | { readonly is: "ours"; readonly keyId: string; readonly claims: SoundClaims }
  | { readonly is: "forged"; readonly keyId: string }
  | { readonly is: "foreign" };

const algorithm = "EdDSA";
const type = "rondo-sound+jws";

export async function createSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { crv: "Ed25519", extractable: true });
  const publicJwk = await exportJWK(publicKey);
  return {
    keyId: await calculateJwkThumbprint(publicJwk),
    privateJwk: await exportJWK(privateKey),
    publicJwk,
  };
}

/**
 * Signs the sound. The same claims, hash and key give the same signature. A signature for another hash has the same
 * length.
 */
export async function signSound(
  key: Pick<SigningKey, "keyId" | "privateJwk">,
  claims: Omit<SoundClaims, "sha256">,
  sha256: Uint8Array,
): Promise<string> {
  return new CompactSign(Buffer.from(payloadOf(claims, base64url.encode(sha256))))
    .setProtectedHeader(headerOf(key))
    .sign(await importJWK(key.privateJwk, algorithm));
}

/** Returns the length of a signature of these claims, which is the same for every hash. */
export function signatureCharacters(
  key: Pick<SigningKey, "keyId">,
  claims: Omit<SoundClaims, "sha256">,
): number {
  const encoded = (bytes: number): number => Math.ceil((bytes * 4) / 3);
  const header = encoded(Buffer.byteLength(JSON.stringify(headerOf(key))));
  const payload = encoded(Buffer.byteLength(payloadOf(claims, "-".repeat(encoded(32)))));
  return header + 1 + payload + 1 + encoded(64);
}

const headerOf = ({ keyId }: Pick<SigningKey, "keyId">) => ({ alg: algorithm, kid: keyId, typ: type });

const payloadOf = (
  { format, versionId, businessId, createdAt, sourceType }: Omit<SoundClaims, "sha256">,
  sha256: string,
): string => JSON.stringify({ format, sha256, versionId, businessId, createdAt, sourceType });

/** Checks only the signature. The caller must compare the hash in the claims with the hash of the sound. */
export async function checkSignature(signature: string, findKey: FindPublicKey): Promise<SignatureCheck> {
  const keyId = keyIdOf(signature);
  const publicJwk = keyId === undefined ? undefined : await findKey(keyId);
  if (keyId === undefined || publicJwk === undefined) return { is: "foreign" };
  const key = await importJWK(publicJwk, algorithm);
  try {
    const { payload } = await compactVerify(signature, key, { algorithms: [algorithm] });
    return { is: "ours", keyId, claims: JSON.parse(new TextDecoder().decode(payload)) as SoundClaims };
  } catch {
    return { is: "forged", keyId }; // Every fault means that this text was not signed with the key that it names.
  }
}

function keyIdOf(signature: string): string | undefined {
  try {
    const { typ, kid } = decodeProtectedHeader(signature);
    return typ === type ? kid : undefined;
  } catch {
    return undefined; // The text is not a signature.
  }
}
