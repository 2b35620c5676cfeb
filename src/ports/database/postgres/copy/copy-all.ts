// Copies all rows of a Postgres database into an empty Postgres database with the same tables. The source can be used
// during the copy.
import { AppError } from "../../../../errors.ts";
import type { CopyTable } from "../../table-copy.ts";
import { openPostgresCopy } from "./copy.ts";

/**
 * Copies one snapshot of the rows. Each URL must contain the credentials of the role that owns the tables. If a table
 * of the source is missing in the target, or has other column names there, throws CONFLICT and does not change the
 * target. After any later error, the target is incomplete and must not be used.
 */
export async function copyAllRows(fromUrl: string, toUrl: string): Promise<void> {
  const [from, to] = [openPostgresCopy(fromUrl), openPostgresCopy(toUrl)];
  try {
    await from.reader.atOneMoment(async () => {
      const { tables } = await from.reader.describe();
      refuseDifferent(tables, (await to.reader.describe()).tables);
      await to.writer.prepare();
      for (const table of tables) {
        await to.writer.load(table, from.reader.rows(table));
        await to.writer.index(table);
      }
      await to.writer.enforce(tables);
    });
    await to.writer.validate();
  } finally {
    await Promise.allSettled([from.close(), to.close()]);
  }
}

function refuseDifferent(tables: readonly CopyTable[], others: readonly CopyTable[]): void {
  const namesOf = ({ name, columns }: CopyTable): string =>
    `${name}(${columns
      .map((column) => column.name)
      .toSorted()
      .join()})`;
  const there = new Set(others.map(namesOf));
  const different = tables.filter((table) => !there.has(namesOf(table))).map(({ name }) => name);
  if (different.length === 0) return;
  throw new AppError(
    "CONFLICT",
    `These tables differ from those of a new database: ${different.join(", ")}.`,
    {
      hint: "Create them by a migration in the folder of the business's migrations, so that every new database has them.",
    },
  );
}
