// Compares the reference pages with the code: the errors, the tables, the commands, and the examples of the spec
// language.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { type BusinessTables, businessSchema } from "../../businesses/tables/schema.ts";
import type { ColumnDeclaration, TableDeclaration } from "../../businesses/tables/table-declaration.ts";
import { createProgram } from "../../cli/main.ts";
import { errorsPageFile, errorsPageOf } from "../runners/errors-page.ts";
import { statusOf } from "../../http/answers/problem.ts";
import { openSqlite } from "../../ports/database/sqlite/database.ts";
import { businessMigrations } from "../../queries/fixtures/engines.ts";
import { createQuerySet } from "../../queries/run/query-set.ts";
import { proveSpecs } from "../../queries/spec/load-specs.ts";
import { proveOnDatabase } from "../../queries/spec/prove.ts";

const root = join(import.meta.dirname, "../../..");
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** Returns the cells of each table row whose first cell is a name in backticks. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\| *`.*\|$/gm)].map(([row]) =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );

test("the table on the page of errors has every error code with its meaning", () => {
  const page = readFileSync(errorsPageFile, "utf8");
  expect(errorsPageOf(page)).toBe(page);
  expect(rowsOf(page).map(([code]) => code)).toEqual(Object.keys(statusOf).map((code) => `\`${code}\``));
});

const typeOf = ({ type, nullable, references }: ColumnDeclaration): string =>
  `${type}${nullable ? " or null" : ""}${references === undefined ? "" : ` → ${references}`}`;

test("the page of tables has exactly the tables, columns and types that queries may use", () => {
  const documented = textOf("docs/reference/tables.md")
    .split(/^## /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf("\n")), rowsOf(part).map(([name, type]) => [name, type])])
    .filter(([name]) => name !== "Not for queries");
  const declared = Object.entries<TableDeclaration>(businessSchema)
    .filter(([, { access }]) => access !== "internal")
    .map(([name, { columns }]) => [
      name,
      Object.entries(columns).map(([column, declaration]) => [`\`${column}\``, typeOf(declaration)]),
    ]);
  expect(documented).toEqual(declared);
});

interface Section {
  readonly name: string;
  readonly options: readonly string[];
}

const commandsOf = (command: Command, prefix: string): readonly Section[] => {
  const name = `${prefix}${command.name()}`;
  return command.commands.length > 0
    ? command.commands.flatMap((one) => commandsOf(one, `${name} `))
    : [{ name, options: command.options.map(({ flags }) => flags).sort() }];
};

test("the page of the command line has exactly the commands and options of the program", () => {
  const documented = textOf("docs/reference/cli.md")
    .split(/^### /m)
    .slice(1)
    .map((part): Section => ({
      name: part.slice(0, part.indexOf("\n")),
      options: [...part.matchAll(/`(--[^`]+)`/g)].map(([, flags]) => flags!).sort(),
    }));
  const byName = (one: Section, other: Section) => one.name.localeCompare(other.name);
  expect(documented.sort(byName)).toEqual([...commandsOf(createProgram(), "")].sort(byName));
});

const examples = [...textOf("docs/reference/spec-language.md").matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
  ([, text]) => ({ file: `${(JSON.parse(text!) as { name: string }).name}.json`, text: text! }),
);

test("every example of the spec language is a valid spec", async () => {
  const { queries, faults } = proveSpecs(examples, businessSchema);
  expect(faults).toEqual([]);
  const database = await openSqlite<BusinessTables>({ file: ":memory:", migrations: businessMigrations });
  await database.migrate();
  const proof = await proveOnDatabase({
    queries: createQuerySet(queries).queries.values(),
    schema: businessSchema,
    database,
  });
  await database.close();
  expect(proof.faults).toEqual([]);
});

test("the examples of the spec language use every key that the JSON Schema of specs names", () => {
  const used = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      used.add(key);
      collect(inner);
    }
  };
  for (const { text } of examples) collect(JSON.parse(text));
  expect([...keysOf(JSON.parse(textOf("query-specs/schema.json")))].filter((key) => !used.has(key))).toEqual(
    [],
  );
});

/** Returns every property that a JSON Schema names, at any depth. */
function keysOf(schema: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(schema)) for (const one of schema) keysOf(one, found);
  else if (typeof schema === "object" && schema !== null) {
    for (const [key, inner] of Object.entries(schema)) {
      if (key !== "properties") keysOf(inner, found);
      else
        for (const [name, one] of Object.entries(inner as object)) {
          found.add(name);
          keysOf(one, found);
        }
    }
  }
  return found;
}
