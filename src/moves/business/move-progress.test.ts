// Tests the progress of a move. Both databases are SQLite files.
import { Database as Sqlite } from "bun:sqlite";
import { expect, spyOn, test } from "bun:test";
import { join } from "node:path";
import { openSqliteCopy } from "../../ports/database/sqlite/copy/copy.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { copyAll } from "./move-business.ts";
import type { Move } from "./move-record.ts";
import type { MoveEvent } from "./progress.ts";

test("when an interrupted move continues, its progress counts only the remaining tables", async () => {
  await using directory = await createTemporaryDirectory();
  const files = ["from.db", "to.db"].map((name) => join(directory.path, name));
  for (const file of files) {
    using db = new Sqlite(file);
    db.run("create table plays (id integer primary key)");
    db.run("create table likes (id integer primary key)");
    if (file !== files[0]) continue;
    db.run("insert into plays (id) values (1), (2), (3)");
    db.run("insert into likes (id) values (1), (2)");
  }
  const [from, to] = [openSqliteCopy(files[0]!), openSqliteCopy(files[1]!)];
  const record = { copied: ["plays"] } as unknown as Move;
  const events: MoveEvent[] = [];
  // Each reading of the clock is a second later, so every batch of rows is reported.
  let now = 0;
  const clock = spyOn(performance, "now").mockImplementation(() => (now += 1_000));
  try {
    const move = { read: async () => record, update: async () => undefined };
    const { rows } = await copyAll({ onEvent: (event) => events.push(event) }, move, { from, to });
    expect(rows).toBe(5);
  } finally {
    clock.mockRestore();
    await from.close();
    await to.close();
  }
  const counted = events.filter(({ event }) => event === "rows");
  expect(counted).toEqual([
    expect.objectContaining({ table: "likes", rows: 2, rowsTotal: 2, secondsLeft: 0 }),
  ]);
});
