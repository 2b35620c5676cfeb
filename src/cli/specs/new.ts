// Makes the text of a new spec: a working query as a starting point.
import type { ColumnType } from "../../businesses/tables/table-declaration.ts";
import { AppError } from "../../errors.ts";
import { suggestionFor } from "../../queries/spec/faults.ts";
import type { Schema } from "../../queries/spec/parse/parsing.ts";

export interface NewSpecOptions {
  readonly table?: string;
  readonly method: string;
  readonly schema: Schema;
}

/**
 * Throws INVALID_PARAMETER if the name, the method or the table is not valid. The default table is the part of the name
 * before the dot.
 */
export function newSpecText(
  name: string,
  { table = name.split(".")[0] ?? "", method, schema }: NewSpecOptions,
): string {
  if (!/^[a-z][A-Za-z0-9]{0,39}\.[a-z][A-Za-z0-9]{0,39}$/.test(name)) {
    throw new AppError("INVALID_PARAMETER", `"${name}" is not a valid name for a query.`, {
      hint: 'A name has the form entity.verb, for example "tracks.list".',
    });
  }
  const verb = method.toUpperCase();
  if (verb !== "GET" && verb !== "POST") {
    throw new AppError("INVALID_PARAMETER", `A query can't have the method "${method}".`, {
      hint: "Use GET for a query that reads, and POST for a query that writes.",
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
  const names = Object.keys(declaration.columns).filter((column) => column === "id" || column !== owner);
  const hasTrash = names.includes("deletedAt") && names.includes("deletionId");
  const start: Start = {
    table,
    columns: hasTrash ? names.filter((column) => column !== "deletedAt" && column !== "deletionId") : names,
    hasTrash,
    typeOf: (column) => declaration.columns[column]!.type,
  };
  const spec = verb === "POST" ? writeOf(start) : readOf(start);
  const { parameters, ...rest } = spec;
  const text = {
    $schema: "./schema.json",
    name,
    summary: `Say what ${name} returns or does.`,
    method: verb,
    scope: "user",
    parameters,
    tables: [table],
    ...rest,
  };
  return `${JSON.stringify(text, null, 2).replace(listOfOneText, "[$1]")}\n`;
}

/** Matches a list with one text. The formatter of the project writes such a list on one line. */
const listOfOneText = /\[\s+("[^"]+")\s+\]/g;

/** The facts about the table of a new spec. If `hasTrash` is true, the spec ignores the rows that are in the trash. */
interface Start {
  readonly table: string;
  readonly columns: readonly string[];
  readonly hasTrash: boolean;
  typeOf(column: string): ColumnType;
}

/** Makes a spec that reads the caller's newest rows. */
function readOf({ table, columns, hasTrash, typeOf }: Start) {
  const as = table.slice(0, 1);
  const newest =
    columns.find((column) => column === "createdAt") ??
    columns.find((column) => typeOf(column) === "timestamp");
  return {
    parameters: {
      limit: {
        type: "integer",
        minimum: 1,
        maximum: 100,
        default: 20,
        description: "The maximum number of rows.",
      },
    },
    query: {
      select: {
        from: table,
        as,
        columns: Object.fromEntries(columns.map((column) => [column, `${as}.${column}`])),
        ...(hasTrash ? { where: [{ column: `${as}.deletedAt`, isNull: true }] } : {}),
        orderBy: [{ by: `${as}.${newest ?? "id"}`, direction: "desc" }],
        limit: { param: "limit" },
      },
    },
    returns: "many",
  };
}

/**
 * Makes a spec that changes the first text column of one of the caller's rows. If the table has no text column, the
 * spec sets `id` to its present value and so changes nothing.
 */
function writeOf({ table, columns, hasTrash, typeOf }: Start) {
  const changed = columns.find((column) => typeOf(column) === "text") ?? "id";
  return {
    parameters: {
      id: { type: "string", format: "id", description: "The row to change." },
      [changed]: { type: "string", minLength: 1, maxLength: 200, description: "The new text." },
    },
    query: {
      update: {
        table,
        set: {
          [changed]: { param: changed },
          ...(columns.includes("updatedAt") ? { updatedAt: { now: true } } : {}),
        },
        where: [
          { column: "id", equals: { param: "id" } },
          ...(hasTrash ? [{ column: "deletedAt", isNull: true }] : []),
        ],
        returning: Object.fromEntries(columns.map((column) => [column, column])),
      },
    },
    returns: "one",
  };
}
