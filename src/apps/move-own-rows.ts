// Moves the rows of a guest to an account, in the transaction that signs the guest in. This file handles the tables of
// the business's apps, but not Rondo's own tables.
import { type RawBuilder, sql, type Transaction } from "kysely";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import { ownTablesOf } from "./app-versions.ts";
import { type OwnIndex, type OwnTable, parentsFirst } from "./tables/own-table.ts";

type Trx = Transaction<BusinessTables>;

interface Users {
  readonly guestId: string;
  readonly userId: string;
}

/**
 * The ids of two rows, one of the guest and one of the account. Apart from the owner, their unique keys are equal. So
 * both rows can't have the same owner.
 */
interface Pair {
  readonly guest: string;
  readonly account: string;
}

/**
 * Moves the rows. A guest's row can't be moved if the account has a row with the same unique key (for example, both
 * have rated the same song). In this case:
 * - The account's row stays, and the guest's row is deleted.
 * - A row that refers to the guest's row now refers to the account's row. If this would violate a unique key, the
 *   referring row is deleted. For rows that refer to a row deleted in this way, `onDelete` applies as usual.
 */
export async function moveOwnRows(trx: Trx, users: Users): Promise<void> {
  const tables = await ownTablesOf(trx);
  for (const table of parentsFirst(tables)) {
    for (const key of uniqueKeysWith(table, table.owner))
      for (const pair of await samePairs(trx, table, key, users)) await merge(trx, tables, table, pair);
    const owner = sql.ref(table.owner);
    await sql`update ${sql.table(table.name)} set ${owner} = ${users.userId} where ${owner} = ${users.guestId}`.execute(
      trx,
    );
  }
}

const uniqueKeysWith = ({ indexes }: OwnTable, column: string): readonly OwnIndex[] =>
  indexes.filter(({ unique, columns }) => unique && columns.includes(column));

const sameIn = (names: readonly string[]): RawBuilder<unknown> =>
  names.length === 0
    ? sql`1 = 1`
    : sql.join(
        names.map((name) => sql`${sql.ref(`a.${name}`)} = ${sql.ref(`g.${name}`)}`),
        sql` and `,
      );

async function samePairs(
  trx: Trx,
  { name, owner }: OwnTable,
  { columns }: OwnIndex,
  { guestId, userId }: Users,
): Promise<readonly Pair[]> {
  const { rows } = await sql<Pair>`
    select g."id" as "guest", a."id" as "account" from ${sql.table(name)} as g, ${sql.table(name)} as a
    where ${sql.ref(`g.${owner}`)} = ${guestId} and ${sql.ref(`a.${owner}`)} = ${userId}
      and ${sameIn(columns.filter((column) => column !== owner))}`.execute(trx);
  return rows;
}

async function merge(trx: Trx, tables: readonly OwnTable[], { name }: OwnTable, pair: Pair): Promise<void> {
  for (const child of tables) {
    for (const column of child.columns.filter(({ references }) => references?.table === name))
      await referInstead(trx, child, column.name, pair);
  }
  await sql`delete from ${sql.table(name)} where "id" = ${pair.guest}`.execute(trx);
}

async function referInstead(trx: Trx, child: OwnTable, column: string, pair: Pair): Promise<void> {
  const table = sql.table(child.name);
  for (const key of uniqueKeysWith(child, column)) {
    const others = key.columns.filter((one) => one !== column);
    await sql`delete from ${table} as g where ${sql.ref(`g.${column}`)} = ${pair.guest} and exists (
      select 1 from ${table} as a where ${sql.ref(`a.${column}`)} = ${pair.account} and ${sameIn(others)})`.execute(
      trx,
    );
  }
  await sql`update ${table} set ${sql.ref(column)} = ${pair.account} where ${sql.ref(column)} = ${pair.guest}`.execute(
    trx,
  );
}
