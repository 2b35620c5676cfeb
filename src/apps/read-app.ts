// Reads the document of an app. Returns the app and the faults of the document, its tables and its
// theme.
import type { Schema } from "../queries/spec/parse/parsing.ts";
import {
  createFaultList,
  type FaultList,
  pointerTo,
  type SpecFault,
  suggestionFor,
} from "../queries/spec/faults.ts";
import { describe, isObject, type JsonObject, readObject } from "../queries/spec/json-reader.ts";
import { type App, appFormat, appLimits, emptyApp, tableFile } from "./app.ts";
import { checkTheme } from "./theme/theme.ts";
import { columnNamed, type OwnTable } from "./tables/own-table.ts";
import { readTable } from "./tables/read-table.ts";

export interface ReadApp {
  readonly app: App;
  readonly faults: readonly SpecFault[];
}

/**
 * The tables outside of the app. A table of the app can't have the name of one of these tables; upper and lower case
 * count as equal. A column of the app can refer to the rows of these tables, but not to the rows of Rondo's internal
 * tables or of Rondo's tables without an id.
 */
export interface Surroundings {
  /** Rondo's tables. */
  readonly schema: Schema;
  /** The tables of the business's other app: a business can have its own app and the shared app (RONDO_APP). */
  readonly beside?: readonly OwnTable[];
}

/**
 * Reads an app. `raw` is a parsed document, such as {"format": 1, "tables": {…}, "querySpecs": {…},
 * "theme": {…}}. The query specs are returned without a check. If there are faults, the app can be
 * incomplete or invalid, and must not be applied. Never throws for a wrong document.
 */
export function readApp(raw: unknown, around: Surroundings): ReadApp {
  const whole = createFaultList();
  const read = readObject(whole, "", raw, {
    required: ["format"],
    optional: ["tables", "querySpecs", "theme"],
  });
  const faults = (): SpecFault[] => whole.faults.map((fault) => ({ file: "app.json", ...fault }));
  if (read === undefined) return { app: emptyApp, faults: faults() };
  if (read.format !== appFormat) {
    whole.add(
      "/format",
      `The format of this app is ${describe(read.format)}.`,
      `This version of Rondo reads format ${appFormat}.`,
    );
    return { app: emptyApp, faults: faults() };
  }
  const named = (key: "tables" | "querySpecs"): readonly (readonly [string, unknown])[] => {
    const value = read[key];
    if (value === undefined) return [];
    if (!isObject(value))
      return whole.add(`/${key}`, `An object is needed here, not ${describe(value)}.`) ?? [];
    const entries = Object.entries(value);
    if (entries.length <= appLimits[key]) return entries;
    const noun = key === "tables" ? "tables" : "query specs";
    return (
      whole.add(
        `/${key}`,
        `The app has ${entries.length} ${noun}.`,
        `At most ${appLimits[key]} are allowed.`,
      ) ?? []
    );
  };
  const { tables, faults: tableFaults } = readTables(named("tables"), around);
  const specs = named("querySpecs").map(([name, value]) => ({
    file: `${name}.json`,
    text: JSON.stringify(value),
  }));
  const theme = readTheme(whole, read.theme);
  return { app: { tables, specs, theme }, faults: [...faults(), ...tableFaults] };
}

function readTheme(faults: FaultList, raw: unknown): JsonObject | undefined {
  if (raw === undefined) return undefined;
  if (!isObject(raw)) return faults.add("/theme", `An object is needed here, not ${describe(raw)}.`);
  if (Buffer.byteLength(JSON.stringify(raw)) > appLimits.themeBytes)
    return faults.add("/theme", `The theme is larger than ${appLimits.themeBytes} bytes.`);
  checkTheme(faults, raw);
  return raw;
}

function readTables(
  entries: readonly (readonly [string, unknown])[],
  around: Surroundings,
): { readonly tables: readonly OwnTable[]; readonly faults: readonly SpecFault[] } {
  const tables: OwnTable[] = [];
  const lists = new Map<string, FaultList>();
  for (const [name, value] of entries) {
    const faults = createFaultList();
    lists.set(name, faults);
    const table = readTable(faults, value, `${name}.json`);
    if (table !== undefined) tables.push(table);
  }
  for (const table of tables) checkTogether(lists.get(table.name)!, table, tables, around);
  const faults = [...lists].flatMap(([name, list]) =>
    list.faults.map((fault) => ({ file: tableFile(name), ...fault })),
  );
  return { tables, faults };
}

/** Compares a table with the other tables of its app, with Rondo's tables, and with the tables in `beside`. */
function checkTogether(
  faults: FaultList,
  table: OwnTable,
  tables: readonly OwnTable[],
  { schema, beside = [] }: Surroundings,
): void {
  const isSame = (other: string): boolean => other.toLowerCase() === table.name.toLowerCase();
  if (Object.keys(schema).some(isSame))
    faults.add("/name", `Rondo has a table "${table.name}" already.`, "Use another name.");
  if (beside.some(({ name }) => isSame(name)))
    faults.add(
      "/name",
      `Another app of this business has a table "${table.name}" already.`,
      "Use another name.",
    );
  const twin = tables.find((other) => other !== table && isSame(other.name));
  if (twin !== undefined)
    faults.add(
      "/name",
      `"${table.name}" and "${twin.name}" differ only in the case of letters.`,
      "Rename one of them.",
    );
  const own = [...tables, ...beside].map(({ name }) => name);
  const known = [...own, ...Object.keys(schema).filter((name) => canBeReferredTo(schema, name))];
  for (const { name, references } of table.columns) {
    if (references === undefined || known.includes(references.table)) continue;
    const at = pointerTo(pointerTo("/columns", name), "references");
    faults.add(
      at,
      `There is no table "${references.table}" to refer to.`,
      suggestionFor(references.table, known),
    );
  }
  checkFormerNames(faults, table, tables);
}

const canBeReferredTo = (schema: Schema, name: string): boolean => {
  const table = schema[name];
  return table !== undefined && table.access !== "internal" && Object.hasOwn(table.columns, "id");
};

function checkFormerNames(faults: FaultList, table: OwnTable, tables: readonly OwnTable[]): void {
  const takes = tables.filter(
    ({ renamedFrom }) => renamedFrom !== undefined && renamedFrom === table.renamedFrom,
  );
  if (takes.length > 1) faults.add("/renamedFrom", `Two tables are renamed from "${table.renamedFrom}".`);
  for (const { name, renamedFrom } of table.columns) {
    if (renamedFrom === undefined) continue;
    const at = pointerTo(pointerTo("/columns", name), "renamedFrom");
    if (columnNamed(table, renamedFrom) !== undefined)
      faults.add(
        at,
        `The table still has the column "${renamedFrom}".`,
        "Remove it, or leave renamedFrom out.",
      );
    if (table.columns.filter((other) => other.renamedFrom === renamedFrom).length > 1)
      faults.add(at, `Two columns are renamed from "${renamedFrom}".`);
  }
  if (table.renamedFrom !== undefined && tables.some(({ name }) => name === table.renamedFrom))
    faults.add(
      "/renamedFrom",
      `The app still has the table "${table.renamedFrom}".`,
      "Remove it, or leave renamedFrom out.",
    );
}
