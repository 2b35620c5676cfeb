// Defines the format of the archive of a business. The manifest (manifest.json) describes the
// tables, and lists all other files with their sizes and SHA-256.
import { z } from "zod";

export const formatVersion = 1;
export const manifestName = "manifest.json";

const column = z.object({
  name: z.string(),
  declared: z.string(),
  kind: z.enum(["text", "integer", "boolean", "real", "decimal", "instant", "bytes"]),
  secondDigits: z.number().optional(),
});
const table = z.object({
  name: z.string(),
  columns: z.array(column),
  key: z.array(z.string()),
  refersTo: z.array(z.string()),
  rows: z.number(),
});

export const manifestSchema = z.object({
  format: z.literal("rondo-business"),
  version: z.literal(formatVersion),
  exportedAt: z.string(),
  business: z.object({
    id: z.string(),
    /** The same as `id`. But if the business was restored from an archive, the `originId` in that archive. */
    originId: z.string(),
    slug: z.string(),
    name: z.string(),
    engine: z.enum(["sqlite", "postgres", "neon"]),
    limits: z.record(z.string(), z.unknown()),
  }),
  migrations: z.array(z.string()),
  tables: z.array(table),
  streams: z.number(),
  objects: z.number(),
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
});
export type Manifest = z.output<typeof manifestSchema>;

/**
 * The streams of the archive are numbered from 0. For example, streams/000001/meta.json describes the second stream.
 * The bytes of this stream are in the files 000000.bin, 000001.bin… of the same folder, in this order.
 */
export const streamMetaSchema = z.object({
  path: z.string(),
  contentType: z.string(),
  closed: z.boolean(),
  ttlSeconds: z.number().optional(),
  expiresAtMs: z.number().optional(),
});

/** objects/000001.json describes an object, whose bytes are in 000001.bin. */
export const objectMetaSchema = z.object({
  path: z.string(),
  contentType: z.string(),
  bytes: z.number(),
  crc32c: z.number(),
});

const chunkSizesSchema = z.array(z.number());
const rowSchema = z.array(z.string().nullable());

const digits = (at: number): string => String(at).padStart(6, "0");
/**
 * Returns the name of a file with some of the rows of a table. Each line is one row: a JSON list of
 * its fields as strings, with null for a field without a value.
 */
export const rowsName = (tableAt: number, part: number): string =>
  `tables/${digits(tableAt)}/${digits(part)}.jsonl`;
export const streamMetaName = (at: number): string => `streams/${digits(at)}/meta.json`;
/** Returns the name of the file that lists, as JSON, the sizes of the chunks in the file `chunksName(at, part)`. */
export const chunkSizesName = (at: number, part: number): string =>
  `streams/${digits(at)}/${digits(part)}.json`;
export const chunksName = (at: number, part: number): string => `streams/${digits(at)}/${digits(part)}.bin`;
export const objectMetaName = (at: number): string => `objects/${digits(at)}.json`;
export const objectName = (at: number): string => `objects/${digits(at)}.bin`;

/**
 * Returns the schema of a JSON file in an archive. For a file with rows, this is the schema of each line. Returns
 * undefined for the manifest, and for a file that is not JSON.
 */
export function schemaOf(name: string): z.ZodType | undefined {
  if (name.endsWith(".jsonl")) return rowSchema;
  if (!name.endsWith(".json") || name === manifestName) return undefined;
  if (name.startsWith("objects/")) return objectMetaSchema;
  return name.endsWith("/meta.json") ? streamMetaSchema : chunkSizesSchema;
}
