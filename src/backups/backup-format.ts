// Defines the format of a backup. A backup is a folder. The folder contains snapshots of all databases,
// copies of the streams, of the job queue and of the objects, and the file manifest.json. The manifest
// contains the SHA-256 of every other file.
import { z } from "zod";

export const formatVersion = 1;
export const manifestName = "manifest.json";
export const controlName = "control.db";
export const jobsName = "jobs.db";
export const businessesFolder = "businesses";
export const chunksFolder = "chunks";
/** Each line of this file is JSON (`objectEntrySchema`), which describes one object of the object store. */
export const objectListName = "objects.jsonl";
export const objectsFolder = "objects";

const masterKeySchema = z.discriminatedUnion("kind", [
  /** The backup doesn't contain the master key. */
  z.object({ kind: z.literal("left out") }),
  /** The master key in the backup is sealed under a key that scrypt derives from a passphrase. */
  z.object({ kind: z.literal("sealed"), salt: z.string(), cost: z.number(), sealed: z.string() }),
]);
export type BackedUpKey = z.output<typeof masterKeySchema>;

export const manifestSchema = z.object({
  format: z.literal("rondo-backup"),
  version: z.literal(formatVersion),
  createdAt: z.string(),
  masterKey: masterKeySchema,
  businesses: z.number(),
  objects: z.number(),
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
});
export type BackupManifest = z.output<typeof manifestSchema>;

/** Describes an object. `file` is the name of the file with the bytes of the object. */
export const objectEntrySchema = z.object({
  businessId: z.string(),
  path: z.string(),
  contentType: z.string(),
  bytes: z.number(),
  crc32c: z.number(),
  file: z.string(),
});
export type ObjectEntry = z.output<typeof objectEntrySchema>;
