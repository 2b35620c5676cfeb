// Finds the former names of the tables and columns in a version of an app: the names that they had in the previous
// version of the app. A roll-back needs these names.
import type { OwnTable } from "./tables/own-table.ts";
import { type PresentNames, planChanges } from "./changes/plan-changes.ts";

/**
 * The former names, by new name. Example: `{ songs: { table: "tracks", columns: { title: "name" } } }` says that the
 * table "songs" was called "tracks" in the previous version, and its column "title" was called "name". Tables and
 * columns that did not exist in the previous version are left out.
 */
export type Origins = Readonly<
  Record<string, { readonly table: string; readonly columns: Readonly<Record<string, string>> }>
>;

export const originsOf = (
  before: readonly OwnTable[],
  after: readonly OwnTable[],
  names?: PresentNames,
): Origins =>
  Object.fromEntries(
    planChanges(before, after, names).pairs.map(({ from, to, columns }) => [
      to.name,
      {
        table: from.name,
        columns: Object.fromEntries(
          columns
            .filter((column) => column.from !== undefined && column.to !== undefined)
            .map((column) => [column.to!.name, column.from!.name]),
        ),
      },
    ]),
  );

/**
 * Returns two functions that take a name from an earlier version of the app: of a table, or of a column. They return
 * the current name, or undefined if the table or column no longer exists. `steps` has the origins of all later
 * versions, oldest first.
 */
export function namesSince(steps: readonly Origins[]): PresentNames {
  const follow = (table: string, column?: string): { table: string; column?: string } | undefined => {
    let place: { table: string; column?: string } = column === undefined ? { table } : { table, column };
    for (const step of steps) {
      const next = Object.entries(step).find(([, origin]) => origin.table === place.table);
      if (next === undefined) return undefined;
      const [name, { columns }] = next;
      if (place.column === undefined) place = { table: name };
      else {
        const renamed = Object.entries(columns).find(([, former]) => former === place.column);
        if (renamed === undefined) return undefined;
        place = { table: name, column: renamed[0] };
      }
    }
    return place;
  };
  return {
    table: (name) => follow(name)?.table,
    column: (table, name) => follow(table, name)?.column,
  };
}
