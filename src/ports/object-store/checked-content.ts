// An object's content as it is read whole, ending in an error where it is not what was written.
import { AppError } from "../../errors.ts";
import { crc32c } from "./crc32c.ts";
import type { ObjectRead } from "./object-store.ts";

/** Throws CONTENT_DAMAGED at the end, after all bytes were given: keep nothing of them then. */
export async function* checkedContent({ facts, body }: ObjectRead): AsyncGenerator<Uint8Array> {
  let crc = 0;
  let bytes = 0;
  for await (const chunk of body instanceof Blob ? body.stream() : body) {
    crc = crc32c(chunk, crc);
    bytes += chunk.length;
    yield chunk;
  }
  if (crc !== facts.crc32c || bytes !== facts.bytes) {
    throw contentDamaged(`read ${bytes} bytes with ${crc}, not ${facts.bytes} with ${facts.crc32c}`);
  }
}

export const contentDamaged = (how: string): AppError =>
  new AppError("CONTENT_DAMAGED", "The stored content is not what was written.", { cause: new Error(how) });
