// Tests the errors for rows with values that SQLite can't store.
import { Database as Sqlite } from "bun:sqlite";
import { expect, test } from "bun:test";
import type { CopyTable } from "../../table-copy.ts";
import { deleteLines, insertLines, readAt } from "./rows.ts";

const visits: CopyTable = {
  name: "visits",
  columns: [
    { name: "id", declared: "integer", kind: "integer" },
    { name: "at", declared: "timestamptz", kind: "instant" },
    { name: "text", declared: "text", kind: "text" },
  ],
  key: ["id", "at"],
  refersTo: [],
};

const unfitKey = "7\tinfinity";
const unfit =
  'Table "visits", row id = 7, at = infinity: the column "at" has an instant outside of the years 0001 to 9999.';

test.each([
  ["inserted", (db: Sqlite) => insertLines(db, visits, [`${unfitKey}\thello`])],
  ["read by its key", (db: Sqlite) => readAt(db, visits, [unfitKey])],
  ["deleted by its key", (db: Sqlite) => deleteLines(db, visits, [unfitKey])],
])("if a row with an infinite instant is %s, the error names its table, row and column", (_, use) => {
  const db = new Sqlite(":memory:");
  db.run(
    'create table "visits" ("id" integer not null, "at" text not null, "text" text, primary key ("id", "at"))',
  );
  expect(() => use(db)).toThrow(unfit);
  db.close();
});
