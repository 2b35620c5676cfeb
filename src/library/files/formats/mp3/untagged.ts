// Removes the ID3 tag at the start of an MP3, because each downloaded file gets a new tag.
import type { ByteSource } from "../byte-source.ts";
import { id3BytesOf, id3HeaderBytes } from "./id3.ts";

/**
 * Returns the audio without the tag at its start. If there is no tag, or if the tag declares more
 * bytes than the audio has, returns the given source itself.
 */
export async function untagged(audio: ByteSource): Promise<ByteSource> {
  let start: Uint8Array = new Uint8Array();
  for await (const chunk of audio.read(0)) {
    start = Buffer.concat([start, chunk]);
    if (start.length >= id3HeaderBytes) break;
  }
  const tagBytes = id3BytesOf(start);
  if (tagBytes === undefined || tagBytes > audio.bytes) return audio;
  return { bytes: audio.bytes - tagBytes, read: (from) => audio.read(tagBytes + from) };
}
