// Tests that the SQL of every query on each engine is the reviewed SQL. A change appears as a diff of the files
// beside the specs.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { businessSchema } from "../../businesses/tables/schema.ts";
import { goldenFilesOf } from "./golden.ts";
import { loadSpecs } from "../spec/load-specs.ts";

const folder = "query-specs/golden";

test("the SQL of every query equals the SQL in the committed file", async () => {
  const set = await loadSpecs({ dir: "query-specs", schema: businessSchema });
  const files = goldenFilesOf(set);
  expect(readdirSync(folder).sort()).toEqual(files.map(({ name }) => name).sort());
  for (const { name, text } of files) expect(readFileSync(`${folder}/${name}`, "utf8")).toBe(text);
});

test("every use of a user's table in the SQL is restricted to the caller", async () => {
  const set = await loadSpecs({ dir: "query-specs", schema: businessSchema });
  let uses = 0;
  for (const query of set.queries.values()) {
    if (query.scope !== "user") continue;
    const owners = new Map(
      query.tables.map((table) => [table, businessSchema[table as "tracks"].access.owner]),
    );
    const texts = query.statements("sqlite", {}, query.page === undefined ? "whole" : "first");
    for (const { sql, slots } of texts) {
      const named = [...sql.matchAll(/(?:from|join|update) "(\w+)"(?: as "([^"]+)")?/g)].filter(([, table]) =>
        owners.has(table!),
      );
      for (const [, table, alias] of named) {
        expect(sql).toContain(`"${alias ?? table}"."${owners.get(table!)}" = ?`);
        uses += 1;
      }
      const inserts = sql.startsWith("insert into") ? 1 : 0;
      expect(slots.filter(({ slot }) => slot === "caller").length).toBeGreaterThanOrEqual(
        named.length + inserts,
      );
    }
  }
  expect(uses).toBeGreaterThan(40);
});
