// The chunks of a piece for a stream, which has MP3 frames alone: without the ID3 tag that a file may begin with.
import { id3BytesOf } from "../../library/files/formats/id3.ts";
import type { Making } from "./making.ts";

export async function* framesOf(making: Making): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of making.read()) {
    yield isFirst ? chunk.subarray(id3BytesOf(chunk) ?? 0) : chunk;
    isFirst = false;
  }
}
