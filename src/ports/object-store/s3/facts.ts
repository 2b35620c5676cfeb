// Stores an object's facts in S3. The checksum is stored as a parameter of the content type, such as
// "audio/mpeg; crc32c=0a1b2c3d". There is no other place for it: of the fields that Bun's S3 client can write, the
// client returns only the content type to readers.
import type { ObjectFacts } from "../object-store.ts";

export const typeWith = (contentType: string, crc32c: number): string =>
  `${contentType}; crc32c=${crc32c.toString(16).padStart(8, "0")}`;

/**
 * Returns undefined for an object without this checksum, because Rondo did not write such an
 * object.
 */
export function factsOf({ size, type, lastModified }: Bun.S3Stats): ObjectFacts | undefined {
  const [, contentType = "", checksum] = /^(.*?); ?crc32c=([0-9a-f]{8})$/.exec(type) ?? [];
  if (checksum === undefined) return undefined;
  return {
    bytes: size,
    crc32c: Number.parseInt(checksum, 16),
    contentType,
    writtenAtMs: lastModified.getTime(),
  };
}
