// Opens a Postgres database as the owner of its tables, to move the tables to or from another database.
import type { Duplex } from "node:stream";
import postgres from "postgres";
import { quoted } from "../../../drivers/postgres-rights.ts";
import type { CopyTable, Lines, TableCopy } from "../../table-copy.ts";
import { postgresErrorOf } from "../client.ts";
import { describePostgres } from "./describe.ts";
import { type InTransaction, postgresChangeLog } from "./log.ts";
import { columnList, linesOut, outOf, visitOut } from "./rows.ts";
import { refusedRowOf, rememberRecent } from "./refused-row.ts";
import { copyIn } from "./stream.ts";
import { addReferences, buildIndexes, dropStructure, setSequences, validateReferences } from "./structure.ts";

const settings = {
  TimeZone: "UTC",
  DateStyle: "ISO",
  bytea_output: "hex",
  statement_timeout: "0",
  // With this setting, the connections of a move can write while all other writes are refused.
  "rondo.move": "on",
} as const;

/** Neon's relay forwards `options`, but drops settings that are separate parameters. */
const connection = {
  application_name: "rondo move",
  options: Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(" "),
} as const;

/** The number of indexes that are built at the same time. */
const builders = 2;

/**
 * Without this option, the driver sends further statements to a connection that is still building an index. The cast is
 * needed because the driver's types lack the option.
 */
const withoutPipeline = { max_pipeline: 0 } as object;

/**
 * Returns before any connection is opened. By default, the connections use TCP. With `openSocket`, the driver calls
 * `openSocket` for each new connection, and the returned stream must be encrypted already.
 */
export function openPostgresCopy(url: string, openSocket?: () => Promise<Duplex>): TableCopy {
  const connect = (max: number): postgres.Sql =>
    postgres(url, {
      max,
      idle_timeout: 0,
      max_lifetime: null,
      fetch_types: false,
      prepare: false,
      onnotice: () => {},
      connection: connection as never,
      ...(max > 1 && withoutPipeline),
      // A connection of `openSocket` is already encrypted.
      ...(openSocket && { socket: openSocket, ssl: false }),
    });
  const sql = connect(1);
  let opened: postgres.Sql | undefined;
  /** Returns a pool of additional connections for parallel work. Each connection is opened at its first use. */
  const pool = (): postgres.Sql => {
    opened ??= connect(builders);
    return opened;
  };
  const translated = async (work: () => Promise<void>): Promise<void> =>
    work().catch((err: unknown) => {
      throw postgresErrorOf(err);
    });

  const inTransaction: InTransaction = async (work, mode = "") => {
    try {
      await sql.unsafe(`begin ${mode}`);
      const result = await work();
      await sql.unsafe("commit");
      return result;
    } catch (err) {
      await sql.unsafe("rollback").catch(() => undefined); // the original error is reported
      throw postgresErrorOf(err);
    }
  };

  const into = ({ name, columns }: CopyTable): string =>
    `copy public.${quoted(name)} (${columnList(columns.map((column) => column.name))}) from stdin`;

  /**
   * Creates the temporary table rondo_keys with these keys. The table exists until the next call or the end of the
   * current transaction. Returns the SQL condition that joins `table` (alias t) to rondo_keys (alias k).
   */
  async function keysInto(table: CopyTable, keys: Lines): Promise<string> {
    await sql.unsafe(
      `drop table if exists rondo_keys;
       create temp table rondo_keys on commit drop as select ${columnList(table.key)} from public.${quoted(table.name)} with no data`,
    );
    await copyIn(sql, "copy rondo_keys from stdin", [keys]);
    return table.key.map((name) => `t.${quoted(name)} = k.${quoted(name)}`).join(" and ");
  }

  const selectOf = ({ name, columns }: CopyTable): string =>
    `select ${columnList(columns.map((column) => column.name))} from public.${quoted(name)}`;

  const rows = (table: CopyTable): AsyncIterable<Lines> => linesOut(sql, table, selectOf(table));

  return {
    engine: "postgres",
    reader: {
      describe: () => describePostgres(sql),
      rows,
      visitRows: (table, visit) => visitOut(sql, table, selectOf(table), visit),
      atOneMoment: (work) => inTransaction(work, "isolation level repeatable read read only"),
      rowsAt: (table, keys) =>
        inTransaction(async () => {
          const match = await keysInto(table, keys);
          const names = table.columns.map(({ name }) => `t.${quoted(name)}`).join(", ");
          return outOf(
            sql,
            table,
            `select ${names} from public.${quoted(table.name)} t join rondo_keys k on ${match}`,
          );
        }),
      async count({ name }) {
        const [row] = await sql.unsafe(`select count(*)::text as "count" from public.${quoted(name)}`);
        return Number(row?.count);
      },
      // Postgres itself checks the references of every row.
      brokenReference: async () => undefined,
    },
    writer: {
      prepare: () => inTransaction(() => dropStructure(sql)),
      load: (table, batches) =>
        inTransaction(async () => {
          await sql.unsafe(`truncate public.${quoted(table.name)}`);
          const recent = rememberRecent(batches);
          // FREEZE marks the rows as visible while they are written, so later reads don't have to write this mark.
          // Postgres allows FREEZE only after a TRUNCATE in the same transaction.
          await copyIn(sql, `${into(table)} with (freeze)`, recent.batches).catch((err: unknown) => {
            throw refusedRowOf(table, err, recent.line) ?? err;
          });
        }),
      index: ({ name }) => translated(() => buildIndexes(pool(), name)),
      apply: (changes) =>
        inTransaction(async () => {
          for (const { table, keys } of changes) {
            const match = await keysInto(table, keys);
            await sql.unsafe(`delete from public.${quoted(table.name)} t using rondo_keys k where ${match}`);
          }
          for (const { table, rows: lines } of changes) await copyIn(sql, into(table), [lines]);
        }),
      async enforce(tables) {
        await addReferences(sql);
        await setSequences(sql, tables);
      },
      validate: () => translated(() => validateReferences(pool())),
    },
    log: postgresChangeLog(sql, inTransaction),
    async close() {
      await Promise.all([sql.end({ timeout: 1 }), opened?.end({ timeout: 1 })]);
    },
  };
}
