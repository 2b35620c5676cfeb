// Reads the content of an object, or a range of the content. After the last chunk, checks the size,
// and also the checksum if the whole object was read. Throws CONTENT_DAMAGED if the size or the
// checksum is wrong. The caller has received all chunks by then.
import { AppError } from "../../errors.ts";
import { crc32c } from "./crc32c.ts";
import type { ObjectRead } from "./object-store.ts";

export async function* checkedContent(read: Omit<ObjectRead, "checked">): AsyncGenerator<Uint8Array> {
  const { facts, start, end, body } = read;
  let crc = 0;
  let bytes = 0;
  for await (const chunk of body instanceof Blob ? body.stream() : body) {
    crc = crc32c(chunk, crc);
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes !== end - start) throw contentDamaged(`read ${bytes} bytes, not ${end - start}`);
  const isWhole = bytes === facts.bytes;
  if (isWhole && crc !== facts.crc32c) throw contentDamaged(`the checksum is ${crc}, not ${facts.crc32c}`);
}

export const contentDamaged = (how: string): AppError =>
  new AppError("CONTENT_DAMAGED", "The stored content differs from what was written.", {
    cause: new Error(how),
  });
