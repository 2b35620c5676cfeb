// Yields the chunks of an MP3 piece for a stream. A stream is allowed to contain only MP3 frames,
// so an ID3 tag at the beginning is removed. The first chunk must contain the whole tag.
import { id3BytesOf } from "../../library/files/formats/mp3/id3.ts";
import type { Making } from "./making.ts";

export async function* framesOf(making: Making): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of making.read()) {
    yield isFirst ? chunk.subarray(id3BytesOf(chunk) ?? 0) : chunk;
    isFirst = false;
  }
}
