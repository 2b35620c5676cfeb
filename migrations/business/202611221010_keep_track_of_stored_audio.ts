// Adds columns to versions: whether the audio is stored in chunks or as one object, the size and checksum of the
// object, the time until which the chunks are kept in addition to the object, and the generator that made the version.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { text, bigint, timestamp } = columnTypes(db);
  const { schema } = db;
  await schema
    .alterTable("versions")
    .addColumn("storage", text, (c) => c.notNull().defaultTo("chunks"))
    .execute();
  await schema.alterTable("versions").addColumn("madeBy", text).execute();
  await schema.alterTable("versions").addColumn("objectBytes", bigint).execute();
  await schema.alterTable("versions").addColumn("objectCrc32c", bigint).execute();
  await schema.alterTable("versions").addColumn("chunksExpireAt", timestamp).execute();
  await schema
    .createIndex("versions_by_storage")
    .on("versions")
    .columns(["storage", "chunksExpireAt"])
    .execute();
}
