// Lists the column types of each engine for instants, JSON and other values, for use in migrations.
import { type Kysely, PostgresAdapter, type RawBuilder, sql } from "kysely";

export interface ColumnTypes {
  readonly id: RawBuilder<unknown>;
  readonly text: RawBuilder<unknown>;
  readonly integer: RawBuilder<unknown>;
  readonly bigint: RawBuilder<unknown>;
  /**
   * An exact number with at most 18 digits, of which `scale` are after the decimal point. SQLite stores an integer:
   * with a scale of 2, it stores 12.50 as 1250.
   */
  decimal(scale: number): RawBuilder<unknown>;
  readonly float: RawBuilder<unknown>;
  readonly boolean: RawBuilder<unknown>;
  /** SQLite stores text such as 2026-11-29, which sorts by time. */
  readonly date: RawBuilder<unknown>;
  /** SQLite stores RFC 3339 text in UTC with milliseconds, which sorts by time. */
  readonly timestamp: RawBuilder<unknown>;
  /** Both engines store text, so that a read returns exactly the stored bytes. */
  readonly json: RawBuilder<unknown>;
  readonly bytes: RawBuilder<unknown>;
}

/** The maximum number of digits of a decimal. Every integer with this many digits fits into 64 bits. */
export const decimalDigits = 18;

const sqlite: ColumnTypes = {
  id: sql`text`,
  text: sql`text`,
  integer: sql`integer`,
  bigint: sql`integer`,
  decimal: (scale) => sql.raw(`decimal(${decimalDigits},${scale})`),
  float: sql`real`,
  boolean: sql`integer`,
  date: sql`text`,
  timestamp: sql`text`,
  json: sql`text`,
  bytes: sql`blob`,
};

/** Text sorts by code point (COLLATE "C"), as on SQLite. */
const postgres: ColumnTypes = {
  id: sql`text collate "C"`,
  text: sql`text collate "C"`,
  integer: sql`integer`,
  bigint: sql`bigint`,
  decimal: (scale) => sql.raw(`numeric(${decimalDigits},${scale})`),
  float: sql`double precision`,
  boolean: sql`boolean`,
  date: sql`date`,
  timestamp: sql`timestamptz(3)`,
  json: sql`json`,
  bytes: sql`bytea`,
};

export const columnTypes = (db: Kysely<never>): ColumnTypes =>
  db.getExecutor().adapter instanceof PostgresAdapter ? postgres : sqlite;
