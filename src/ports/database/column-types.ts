// The column types of instants, JSON and other kinds of values on each engine, for migrations.
import { type Kysely, PostgresAdapter, type RawBuilder, sql } from "kysely";

export interface ColumnTypes {
  readonly id: RawBuilder<unknown>;
  readonly text: RawBuilder<unknown>;
  readonly integer: RawBuilder<unknown>;
  readonly bigint: RawBuilder<unknown>;
  readonly boolean: RawBuilder<unknown>;
  /** SQLite: RFC 3339 text in UTC with milliseconds, which sorts as time. */
  readonly timestamp: RawBuilder<unknown>;
  /** Text on both engines, so that what was stored comes back byte for byte. */
  readonly json: RawBuilder<unknown>;
}

const sqlite: ColumnTypes = {
  id: sql`text`,
  text: sql`text`,
  integer: sql`integer`,
  bigint: sql`integer`,
  boolean: sql`integer`,
  timestamp: sql`text`,
  json: sql`text`,
};

/** Text sorts by code point (COLLATE "C"), as it does on SQLite. */
const postgres: ColumnTypes = {
  id: sql`text collate "C"`,
  text: sql`text collate "C"`,
  integer: sql`integer`,
  bigint: sql`bigint`,
  boolean: sql`boolean`,
  timestamp: sql`timestamptz(3)`,
  json: sql`json`,
};

export const columnTypes = (db: Kysely<never>): ColumnTypes =>
  db.getExecutor().adapter instanceof PostgresAdapter ? postgres : sqlite;
