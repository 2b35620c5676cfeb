// Converts the metadata of an object in Google Cloud Storage to `ObjectFacts`.
import type { FileMetadata } from "@google-cloud/storage";
import type { ObjectFacts } from "../object-store.ts";

export interface GcsFacts extends ObjectFacts {
  /** The number of this version of the object, which Google calls its generation. It changes with each replacement. */
  readonly generation: string;
}

export const gcsFactsOf = (metadata: FileMetadata): GcsFacts => ({
  ...factsOf(metadata),
  generation: String(metadata.generation),
});

/** Throws a RangeError if the metadata have no CRC32C. */
export const factsOf = ({ size, crc32c = "", contentType, timeCreated }: FileMetadata): ObjectFacts => ({
  bytes: Number(size),
  crc32c: Buffer.from(crc32c, "base64").readUInt32BE(),
  contentType: contentType ?? "application/octet-stream",
  writtenAtMs: Date.parse(timeCreated ?? ""),
});

/** Returns a checksum in base64, most significant byte first, which is the format of the API. */
export function checksumText(crc32c: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32c);
  return bytes.toString("base64");
}
