// The text of a new spec: a working query to change.
import { AppError } from "../errors.ts";
import { suggestionFor } from "../queries/spec/faults.ts";
import type { Schema } from "../queries/spec/parsing.ts";

export interface NewSpecOptions {
  readonly table?: string;
  readonly method: string;
  readonly schema: Schema;
}

export function newSpecText(
  name: string,
  { table = name.split(".")[0] ?? "", method, schema }: NewSpecOptions,
): string {
  if (!/^[a-z][A-Za-z0-9]{0,39}\.[a-z][A-Za-z0-9]{0,39}$/.test(name)) {
    throw new AppError("INVALID_PARAMETER", `"${name}" is no name for a query.`, {
      hint: 'entity.verb, for example "tracks.list".',
    });
  }
  const declaration = schema[table];
  if (declaration === undefined || declaration.access === "internal") {
    const hint = suggestionFor(
      table,
      Object.keys(schema).filter((one) => schema[one]?.access !== "internal"),
    );
    throw new AppError(
      "INVALID_PARAMETER",
      `There is no table "${table}".`,
      hint === undefined ? {} : { hint },
    );
  }
  const { owner } = declaration.access;
  const columns = Object.keys(declaration.columns).filter((column) => column === "id" || column !== owner);
  const spec = method.toUpperCase() === "POST" ? writeOf(table, columns) : readOf(table, columns);
  const { parameters, ...rest } = spec;
  const text = {
    $schema: "./schema.json",
    name,
    summary: `Say what ${name} gives or does.`,
    method: method.toUpperCase(),
    scope: "user",
    parameters,
    tables: [table],
    ...rest,
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

const idParameter = { id: { type: "string", format: "id", description: "Which one." } };

const readOf = (table: string, columns: readonly string[]) => ({
  parameters: idParameter,
  query: {
    select: {
      from: table,
      as: table[0],
      columns: Object.fromEntries(columns.map((column) => [column, `${table[0]}.${column}`])),
      where: [{ column: `${table[0]}.id`, equals: { param: "id" } }],
    },
  },
  returns: "maybe",
});

const writeOf = (table: string, columns: readonly string[]) => ({
  parameters: idParameter,
  query: {
    delete: {
      from: table,
      where: [{ column: "id", equals: { param: "id" } }],
      returning: Object.fromEntries(columns.map((column) => [column, column])),
    },
  },
  returns: "one",
});
