// Reads the JSON of one of a business's own tables. Adds the faults that it finds to a list.
import type { ColumnType } from "../../businesses/tables/table-declaration.ts";
import { type FaultList, pointerTo, suggestionFor } from "../../queries/spec/faults.ts";
import {
  describe,
  isObject,
  type JsonObject,
  readChoice,
  readInteger,
  readList,
  readObject,
} from "../../queries/spec/json-reader.ts";
import { columnTypeNames, readDefault } from "./column-defaults.ts";
import type { OwnColumn, OwnIndex, OwnTable } from "./own-table.ts";

const limits = { columns: 100, indexes: 20, indexColumns: 6 } as const;
const tableName = /^[a-z][A-Za-z0-9]{0,29}$/;
const columnName = /^[a-z][A-Za-z0-9]{0,39}$/;
/** The names that a column can't have in SQLite or Postgres. */
const takenColumns = new Set(["rowid", "oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"]);

/**
 * Reads and checks a single table. The caller compares the table with the other tables later.
 * Returns undefined if faults make the table unreadable. A returned table can have faults, too: it
 * is valid only if `faults` is empty.
 */
export function readTable(faults: FaultList, raw: unknown, fileName: string): OwnTable | undefined {
  const read = readObject(faults, "", raw, {
    required: ["name", "owner", "columns"],
    optional: ["$schema", "summary", "unique", "indexes", "search", "renamedFrom"],
  });
  if (read === undefined) return undefined;
  const { name, owner } = read;
  if (typeof name !== "string" || !isTableName(faults, name, fileName)) return undefined;
  if (typeof owner !== "string" || !isColumnName(faults, "/owner", owner)) return undefined;
  const columns = readColumns(faults, owner, read.columns);
  if (columns === undefined) return undefined;
  return {
    ...{ name, owner, columns },
    indexes: readIndexes(faults, read, columns),
    search: readSearch(faults, read.search, columns),
    renamedFrom: readFormerName(faults, "/renamedFrom", read.renamedFrom),
  };
}

function isTableName(faults: FaultList, name: string, fileName: string): boolean {
  if (!tableName.test(name)) {
    faults.add(
      "/name",
      `${describe(name)} is not a valid name for a table.`,
      "Use 1 to 30 of the letters a-z and A-Z and digits, beginning with a lower-case letter.",
    );
    return false;
  }
  // Every JavaScript object inherits properties such as "constructor". A program that looks up tables by name could
  // mistake such a property for a table.
  if (name in {}) {
    faults.add("/name", `"${name}" can't be the name of a table.`, "Use another name.");
    return false;
  }
  if (name.toLowerCase().startsWith("rondo")) {
    faults.add("/name", `Names that begin with "rondo" are for tables of Rondo.`, "Use another name.");
    return false;
  }
  if (fileName === `${name}.json`) return true;
  faults.add(
    "/name",
    `The table is called "${name}", but its file is ${fileName}.`,
    `Rename the file to ${name}.json.`,
  );
  return false;
}

function isColumnName(faults: FaultList, at: string, name: string): boolean {
  if (columnName.test(name) && !takenColumns.has(name.toLowerCase())) return true;
  faults.add(
    at,
    `${describe(name)} is not a valid name for a column.`,
    takenColumns.has(name.toLowerCase())
      ? "The databases use this name themselves."
      : "Use 1 to 40 of the letters a-z and A-Z and digits, beginning with a lower-case letter.",
  );
  return false;
}

const idColumn: OwnColumn = {
  ...{ name: "id", type: "id", scale: undefined, nullable: false },
  ...{ default: undefined, references: undefined, renamedFrom: undefined },
};

const ownerColumn = (name: string): OwnColumn => ({
  ...idColumn,
  name,
  references: { table: "users", onDelete: "cascade" },
});

function readColumns(faults: FaultList, owner: string, raw: unknown): readonly OwnColumn[] | undefined {
  if (!isObject(raw))
    return faults.add(
      "/columns",
      `An object is needed here, not ${describe(raw)}.`,
      "It maps the name of each column to its type.",
    );
  const entries = Object.entries(raw);
  if (entries.length > limits.columns)
    return faults.add(
      "/columns",
      `The table has ${entries.length} columns.`,
      `At most ${limits.columns} are allowed.`,
    );
  const columns: OwnColumn[] = [];
  for (const [name, value] of entries) {
    const at = pointerTo("/columns", name);
    if (!isColumnName(faults, at, name)) continue;
    const twin = columns.find((other) => other.name.toLowerCase() === name.toLowerCase());
    if (twin !== undefined)
      faults.add(
        at,
        `"${name}" and "${twin.name}" differ only in the case of letters.`,
        "Rename one of them.",
      );
    const column = readColumn(faults, at, name, value);
    if (column !== undefined) columns.push(column);
  }
  const own = columns.filter(({ name }) => name !== "id");
  const stated = own.find(({ name }) => name === owner);
  checkId(
    faults,
    columns.find(({ name }) => name === "id"),
  );
  if (owner === "id")
    return faults.add(
      "/owner",
      'The column "id" identifies the row, so it can\'t be the owner of the row.',
      'Write "userId".',
    );
  if (stated !== undefined) checkOwner(faults, pointerTo("/columns", owner), stated);
  const whose = { ...ownerColumn(owner), renamedFrom: stated?.renamedFrom };
  return stated === undefined
    ? [idColumn, whose, ...own]
    : [idColumn, ...own.map((column) => (column === stated ? whose : column))];
}

function checkId(faults: FaultList, column: OwnColumn | undefined): void {
  if (column === undefined) return;
  const { type, nullable, default: standard, references, renamedFrom } = column;
  if (type !== "id" || nullable || standard !== undefined || references || renamedFrom)
    faults.add(
      "/columns/id",
      "Every table has the column id, which needs no entry and can't be changed.",
      'Leave it out, or write {"type": "id"}.',
    );
}

function checkOwner(
  faults: FaultList,
  at: string,
  { type, nullable, references, default: standard }: OwnColumn,
): void {
  const isUsers =
    references === undefined || (references.table === "users" && references.onDelete === "cascade");
  if (type !== "id" || nullable || standard !== undefined || !isUsers)
    faults.add(
      at,
      "The owner is the id of a user, and is never null.",
      'Leave the column out, or write {"type": "id"}.',
    );
}

function readColumn(faults: FaultList, at: string, name: string, raw: unknown): OwnColumn | undefined {
  const read = readObject(faults, at, raw, {
    required: ["type"],
    optional: ["summary", "scale", "nullable", "default", "references", "onDelete", "renamedFrom"],
  });
  if (read === undefined) return undefined;
  const type = readChoice<ColumnType>(faults, pointerTo(at, "type"), read.type, columnTypeNames);
  if (type === undefined) return undefined;
  if (read.nullable !== undefined && typeof read.nullable !== "boolean")
    faults.add(pointerTo(at, "nullable"), "Write true or false.");
  const nullable = read.nullable === true;
  if (read.scale !== undefined && type !== "decimal")
    faults.add(pointerTo(at, "scale"), 'Only a column of type decimal has a "scale".');
  const scale = type === "decimal" ? readScale(faults, pointerTo(at, "scale"), read.scale) : undefined;
  return {
    ...{ name, type, scale, nullable },
    default: readDefault(faults, pointerTo(at, "default"), type, read.default, scale),
    references: readReference(faults, at, read, type, nullable),
    renamedFrom: readFormerName(faults, pointerTo(at, "renamedFrom"), read.renamedFrom),
  };
}

const readScale = (faults: FaultList, at: string, raw: unknown): number =>
  raw === undefined ? 2 : (readInteger(faults, at, raw, { min: 0, max: 9 }) ?? 2);

function readReference(
  faults: FaultList,
  at: string,
  { references, onDelete = "cascade" }: JsonObject,
  type: ColumnType,
  nullable: boolean,
): OwnColumn["references"] {
  const here = pointerTo(at, "references");
  if (references === undefined) {
    if (onDelete !== "cascade") faults.add(pointerTo(at, "onDelete"), '"onDelete" needs "references".');
    return undefined;
  }
  if (typeof references !== "string") return faults.add(here, "The name of a table is needed here.");
  if (type !== "id")
    return faults.add(
      pointerTo(at, "type"),
      "A column that refers to a table contains ids of its rows.",
      'Write "id".',
    );
  const action = readChoice(faults, pointerTo(at, "onDelete"), onDelete, ["cascade", "setNull"] as const);
  if (action === "setNull" && !nullable)
    faults.add(
      pointerTo(at, "onDelete"),
      '"setNull" needs a column that may be null.',
      'Add "nullable": true.',
    );
  return action && { table: references, onDelete: action };
}

function readFormerName(faults: FaultList, at: string, raw: unknown): string | undefined {
  if (raw === undefined || (typeof raw === "string" && raw !== "")) return raw;
  return faults.add(at, "Write the former name here, as a string.");
}

function readIndexes(
  faults: FaultList,
  read: JsonObject,
  columns: readonly OwnColumn[],
): readonly OwnIndex[] {
  const stated = (["unique", "indexes"] as const).flatMap((key) =>
    readIndexList(faults, `/${key}`, read, key, columns).map((names) => ({
      columns: names,
      unique: key === "unique",
    })),
  );
  if (stated.length > limits.indexes)
    faults.add(
      "/indexes",
      `The table has ${stated.length} keys and indexes.`,
      `At most ${limits.indexes} are allowed.`,
    );
  // Without an index, the deletion of a row would scan every table that refers to the row.
  const missing = columns
    .filter(
      ({ name, references }) =>
        references !== undefined && !stated.some((index) => index.columns[0] === name),
    )
    .map(({ name }) => ({ columns: [name], unique: false }));
  return [...stated, ...missing];
}

function readSearch(faults: FaultList, raw: unknown, columns: readonly OwnColumn[]): readonly string[] {
  if (raw === undefined) return [];
  const names = readList(faults, "/search", raw, "columns");
  if (names?.length === 0)
    faults.add("/search", "The list is empty.", 'Name columns of text, or leave "search" out.');
  return (names ?? []).flatMap((name, place) => {
    const column = columns.find((one) => one.name === name);
    if (column?.type === "text") return [column.name];
    faults.add(
      pointerTo("/search", place),
      column === undefined
        ? `There is no column ${describe(name)}.`
        : `Only columns of text can be searched, but "${column.name}" has the type ${column.type}.`,
      `Columns of text: ${columns
        .filter(({ type }) => type === "text")
        .map((one) => one.name)
        .join(", ")}.`,
    );
    return [];
  });
}

function readIndexList(
  faults: FaultList,
  at: string,
  read: JsonObject,
  key: string,
  columns: readonly OwnColumn[],
): readonly (readonly string[])[] {
  if (read[key] === undefined) return [];
  // A column with a fault is not reported as missing, because its fault is already reported.
  const isDescribed = (name: unknown): boolean => Object.hasOwn(read.columns as JsonObject, String(name));
  const seen = new Set<string>();
  return (readList(faults, at, read[key], "lists of columns") ?? []).flatMap((one, place) => {
    const here = pointerTo(at, place);
    const names = readList(faults, here, one, "columns");
    if (names === undefined) return [];
    if (names.length === 0 || names.length > limits.indexColumns)
      return faults.add(here, `1 to ${limits.indexColumns} columns are needed here.`) ?? [];
    for (const [index, name] of names.entries()) {
      const column = columns.find((known) => known.name === name);
      if (column === undefined && !isDescribed(name))
        faults.add(
          pointerTo(here, index),
          `The table has no column ${describe(name)}.`,
          suggestionFor(
            String(name),
            columns.map((known) => known.name),
          ),
        );
      else if (column?.type === "json")
        faults.add(pointerTo(here, index), "A JSON column can't be in a key or an index.");
    }
    if (new Set(names).size < names.length) faults.add(here, "A column is named twice.");
    const text = names.join();
    if (seen.has(text)) faults.add(here, "This list occurs twice.", "Leave one of them out.");
    seen.add(text);
    return [names as readonly string[]];
  });
}
