// An object's facts as S3 keeps them: the checksum is a parameter of the content type, the one field that every server and client has.
import type { ObjectFacts } from "../object-store.ts";

export const typeWith = (contentType: string, crc32c: number): string =>
  `${contentType}; crc32c=${crc32c.toString(16).padStart(8, "0")}`;

/** undefined: the object was not written by Rondo. */
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
