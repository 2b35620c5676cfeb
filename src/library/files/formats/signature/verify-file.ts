// Checks any file: whether a business of this installation of Rondo made it, and whether its sound is unaltered.
import { createHash } from "node:crypto";
import { type ByteReader, createByteReader } from "../byte-reader.ts";
import { id3BytesOf, id3HeaderBytes, readId3Texts } from "../mp3/id3.ts";
import { signatureFrameName } from "../mp3/mp3-file.ts";
import { checkSignature, type FindPublicKey, type SoundClaims } from "./signature.ts";

export type Verdict =
  | { readonly verdict: "unaltered"; readonly claims: SoundClaims; readonly keyId: string }
  /**
   * The signature of the file names a key of a business of this installation, but something was changed. If the
   * signature is invalid, `claims` is undefined. If the signature is valid and the sound differs from the signed sound,
   * `claims` is set.
   */
  | { readonly verdict: "altered"; readonly reason: string; readonly claims?: SoundClaims }
  /**
   * No signature of a business of this installation was found. The file was made elsewhere, or its
   * signature was removed. `sha256` is undefined if the sound of the file could not be found.
   */
  | { readonly verdict: "foreign"; readonly reason: string; readonly sha256?: string };

interface Sound {
  readonly format: SoundClaims["format"];
  readonly sha256: Buffer;
  readonly signature: string | undefined;
}

const tagBytesMax = 1024 * 1024;
/** The maximum number of ID3 tags. A file with more tags gets the verdict "foreign". */
const tagsMax = 8;
const partsMax = 100;
const oldTagBytes = 128; // The length of an ID3v1 tag, which some players add at the end.

/**
 * Reads the content one time. The memory in use does not depend on the size of the file. Throws only if the content or
 * the keys can't be read.
 */
export async function verifyFile(
  content: AsyncIterable<Uint8Array>,
  findKey: FindPublicKey,
): Promise<Verdict> {
  const sound = await readSound(createByteReader(content));
  if (!sound) return { verdict: "foreign", reason: "The file is neither an MP3 nor a WAV." };
  const sha256 = sound.sha256.toString("base64url");
  if (sound.signature === undefined)
    return { verdict: "foreign", reason: "The file has no signature.", sha256 };
  const check = await checkSignature(sound.signature, findKey);
  if (check.is === "foreign") {
    return {
      verdict: "foreign",
      reason: "The file's signature is not from a business of this Rondo.",
      sha256,
    };
  }
  if (check.is === "forged") {
    return {
      verdict: "altered",
      reason: "The file's signature is not valid: it was changed, or made with another key.",
    };
  }
  const { claims, keyId } = check;
  if (claims.format !== sound.format || claims.sha256 !== sha256) {
    return { verdict: "altered", reason: "The file's sound differs from the sound that was signed.", claims };
  }
  return { verdict: "unaltered", claims, keyId };
}

async function readSound(reader: ByteReader): Promise<Sound | undefined> {
  const start = Buffer.from(await reader.peek(12)).toString("latin1");
  if (start.startsWith("RIFF") && start.endsWith("WAVE")) return readWav(reader);
  if (start.startsWith("ID3") || /^\xff[\xe0-\xff]/.test(start)) return readMp3(reader);
  return undefined;
}

async function readMp3(reader: ByteReader): Promise<Sound | undefined> {
  let signature: string | undefined;
  for (let tags = 0; ; tags++) {
    const bytes = id3BytesOf(await reader.peek(id3HeaderBytes));
    if (bytes === undefined) break;
    if (bytes > tagBytesMax || tags === tagsMax) return undefined;
    signature ??= readId3Texts(await reader.take(bytes)).get(signatureFrameName);
  }
  const hash = createHash("sha256");
  let last: Uint8Array = new Uint8Array(0);
  for await (const chunk of reader.chunks()) {
    const both = Buffer.concat([last, chunk]);
    const end = Math.max(both.length - oldTagBytes, 0);
    hash.update(both.subarray(0, end));
    last = both.subarray(end);
  }
  const isOldTag = last.length === oldTagBytes && Buffer.from(last).toString("latin1", 0, 3) === "TAG";
  if (!isOldTag) hash.update(last);
  return { format: "mp3", sha256: hash.digest(), signature };
}

async function readWav(reader: ByteReader): Promise<Sound | undefined> {
  await reader.take(12);
  let sha256: Buffer | undefined;
  let signature: string | undefined;
  for (let parts = 0; ; parts++) {
    const head = Buffer.from(await reader.take(8));
    if (head.length < 8) break;
    if (parts === partsMax) return undefined;
    const id = head.toString("latin1", 0, 4);
    const bytes = head.readUInt32LE(4);
    if (id.toLowerCase() === "id3 " && bytes <= tagBytesMax) {
      const tag = await reader.take(bytes);
      if (id3BytesOf(tag) !== undefined) signature ??= readId3Texts(tag).get(signatureFrameName);
    } else {
      const hash = createHash("sha256");
      for await (const chunk of reader.chunks(bytes)) hash.update(chunk);
      if (id === "data") sha256 = hash.digest();
    }
    await reader.take(bytes % 2);
  }
  return sha256 && { format: "wav", sha256, signature };
}
