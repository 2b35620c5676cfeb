// Exports a business into one archive: its rows as they were at one moment, its streams and its
// objects. The business can be in use during the export. The streams and objects are read after the
// rows, so they can be newer than the rows.
import { ownTablesOf } from "../apps/app-versions.ts";
import { schemaOf } from "../apps/tables/own-table.ts";
import type { Business } from "../businesses/business.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import { businessSchema } from "../businesses/tables/schema.ts";
import type { ColumnDeclaration } from "../businesses/tables/table-declaration.ts";
import type { ChunkStore, StreamKey } from "../ports/chunk-store/chunk-store.ts";
import { fieldsOf } from "../ports/database/copy-line.ts";
import type { CopyColumn, CopyTable, TableCopy } from "../ports/database/table-copy.ts";
import { AppError } from "../errors.ts";
import type { Schema } from "../queries/spec/parse/parsing.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import { unlessGone } from "../streams/unless-gone.ts";
import {
  chunkSizesName,
  chunksName,
  formatVersion,
  type Manifest,
  manifestName,
  objectMetaName,
  objectName,
  rowsName,
  streamMetaName,
} from "./archive-format.ts";
import { createTar, type TarFacts, type TarWriter } from "./tar-file.ts";

export interface ExportDeps {
  readonly databases: Pick<OpenDatabases, "use">;
  readonly chunkStore: Pick<ChunkStore, "list" | "head" | "read">;
  /** Undefined if all audio is in the chunk store. */
  readonly objects: Pick<ObjectStore, "list" | "read"> | undefined;
}

/** Adds a file to the archive and to the list of files. */
type Add = (name: string, content: Uint8Array) => Promise<void>;

const partBytes = 1 << 20;

/**
 * Writes the archive. The archive gets the name `path` only after success, and then replaces an existing file. A stream
 * that is deleted before the export has read all of it is left out. An object that is deleted before the export reads
 * it is left out, too. Does not close `copy`. Errors, besides those of the stores:
 * - CONFLICT: the declarations of the tables were changed while the rows were read.
 * - INVALID_PARAMETER: a value can't be exported. The details name its table, row and column.
 * - CONTENT_DAMAGED: chunks of a stream are missing.
 */
export async function exportBusiness(
  deps: ExportDeps,
  copy: TableCopy,
  business: Business,
  path: string,
): Promise<Manifest> {
  const tar = await createTar(path);
  const files: Record<string, TarFacts> = {};
  const add = addTo(tar, files);
  try {
    const schema = await schemaNow(deps, business.id);
    const { tables: described, migrations } = await copy.reader.describe();
    const tables = await copy.reader.atOneMoment(async () => {
      const counted: Manifest["tables"] = [];
      for (const [at, table] of described.map((table) => strict(table, schema)).entries())
        counted.push({ ...plain(table), rows: await addRows(copy, add, table, at) });
      return counted;
    });
    if (JSON.stringify(schema) !== JSON.stringify(await schemaNow(deps, business.id))) throw tablesChanged();
    const { id, originId, slug, name, engine, limits } = business;
    const manifest: Manifest = {
      ...{ format: "rondo-business", version: formatVersion, exportedAt: new Date().toISOString() },
      business: { id, originId, slug, name, engine, limits: { ...limits } },
      ...{ migrations: [...migrations], tables },
      streams: await addStreams(deps, tar, files, id),
      objects: await addObjects(deps, tar, files, id),
      files,
    };
    const text = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
    await tar.add(manifestName, text.byteLength, only(text));
    await tar.finish();
    return manifest;
  } finally {
    await tar.close();
  }
}

const addTo =
  (tar: TarWriter, files: Record<string, TarFacts>): Add =>
  async (name, content) => {
    files[name] = await tar.add(name, content.byteLength, only(content));
  };

async function* only(content: Uint8Array) {
  yield content;
}

/** Returns the declarations of Rondo's tables and of the business's own tables. */
const schemaNow = ({ databases }: ExportDeps, businessId: string): Promise<Schema> =>
  databases.use(businessId, async ({ kysely }) => ({
    ...businessSchema,
    ...schemaOf(await ownTablesOf(kysely)),
  }));

const tablesChanged = () =>
  new AppError("CONFLICT", "The tables of this business were changed during the export.", {
    hint: "Run the command again.",
  });

/**
 * Returns the table with exact types: SQLite has no types for booleans and instants, so these
 * types come from the declarations of the tables.
 */
function strict(table: CopyTable, schema: Schema): CopyTable {
  const declared = schema[table.name];
  const columns = table.columns.map((column) => typed(column, declared?.columns[column.name]));
  return { ...table, columns };
}

function typed(column: CopyColumn, declaration: ColumnDeclaration | undefined): CopyColumn {
  if (declaration?.type === "timestamp") return { ...column, kind: "instant", secondDigits: 3 };
  return declaration?.type === "boolean" ? { ...column, kind: "boolean" } : column;
}

const plain = ({ name, columns, key, refersTo }: CopyTable) => ({
  ...{ name, columns: columns.map((column) => ({ ...column })) },
  ...{ key: [...key], refersTo: [...refersTo] },
});

async function addRows(copy: TableCopy, add: Add, table: CopyTable, at: number): Promise<number> {
  let [rows, part, bytes] = [0, 0, 0];
  let lines: string[] = [];
  const flush = async () => {
    if (lines.length > 0) await add(rowsName(at, part++), Buffer.from(`${lines.join("\n")}\n`));
    [lines, bytes] = [[], 0];
  };
  for await (const batch of copy.reader.rows(table)) {
    for (const line of batch) {
      const text = JSON.stringify(fieldsOf(line));
      lines.push(text);
      rows += 1;
      bytes += text.length;
      if (bytes >= partBytes) await flush();
    }
  }
  await flush();
  return rows;
}

async function addStreams(
  { chunkStore }: ExportDeps,
  tar: TarWriter,
  files: Record<string, TarFacts>,
  businessId: string,
): Promise<number> {
  let at = 0;
  for (let after = ""; ;) {
    const page = await chunkStore.list({ businessId, after, limit: 500 });
    for (const { path } of page) {
      const end = tar.end();
      const added = await addStream(chunkStore, tar, { businessId, path }, at);
      if (added === undefined) {
        await tar.removeAfter(end);
      } else {
        Object.assign(files, added);
        at += 1;
      }
    }
    if (page.length < 500) return at;
    after = page.at(-1)!.path;
  }
}

/**
 * Returns the files of the stream. Returns undefined if the stream was deleted after it had been listed. In this case,
 * a part of the stream can already be in the archive, and the caller must remove this part.
 */
async function addStream(
  chunkStore: ExportDeps["chunkStore"],
  tar: TarWriter,
  key: StreamKey,
  at: number,
): Promise<Record<string, TarFacts> | undefined> {
  const state = await unlessGone(chunkStore.head(key));
  if (state === undefined) return undefined;
  const files: Record<string, TarFacts> = {};
  const add = addTo(tar, files);
  const { contentType, closed, ttlSeconds, expiresAtMs, tail } = state;
  const meta = { path: key.path, contentType, closed, ttlSeconds, expiresAtMs };
  await add(streamMetaName(at), Buffer.from(JSON.stringify(meta)));
  for (let [position, part] = [0, 0]; position < tail; part += 1) {
    const read = await unlessGone(chunkStore.read(key, position, partBytes));
    // A different id means that the stream was deleted, and that a new stream was created at the same path.
    if (read === undefined || read.state.id !== state.id) return undefined;
    if (read.chunks.length === 0) throw chunksMissing(key);
    const sizes = read.chunks.map(({ byteLength }) => byteLength);
    await add(chunkSizesName(at, part), Buffer.from(JSON.stringify(sizes)));
    await add(chunksName(at, part), Buffer.concat(read.chunks));
    position = read.next;
  }
  return files;
}

const chunksMissing = ({ path }: StreamKey) =>
  new AppError("CONTENT_DAMAGED", `Chunks of the stream ${path} are missing.`);

async function addObjects(
  { objects }: ExportDeps,
  tar: TarWriter,
  files: Record<string, TarFacts>,
  businessId: string,
): Promise<number> {
  let at = 0;
  for (let after = ""; objects !== undefined;) {
    const { items, next } = await objects.list({ businessId, after });
    for (const { path } of items) {
      const read = await objects.read({ businessId, path });
      if (read === undefined) continue;
      const { bytes, crc32c, contentType } = read.facts;
      const meta = Buffer.from(JSON.stringify({ path, contentType, bytes, crc32c }));
      files[objectMetaName(at)] = await tar.add(objectMetaName(at), meta.byteLength, only(meta));
      files[objectName(at)] = await tar.add(objectName(at), bytes, read.checked());
      at += 1;
    }
    if (next === undefined) break;
    after = next;
  }
  return at;
}
