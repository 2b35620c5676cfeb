// Defines the app of a business, or of all businesses: tables, named queries and a theme, as one JSON document.
import type { JsonObject } from "../queries/spec/json-reader.ts";
import type { SpecFile } from "../queries/spec/load-specs.ts";
import type { OwnTable } from "./tables/own-table.ts";

/** The format that this version of Rondo reads and writes. */
export const appFormat = 1;

export const appLimits = {
  tables: 100,
  querySpecs: 1_000,
  bytes: 4 * 1024 * 1024,
  themeBytes: 256 * 1024,
} as const;

/** An app that was read, with tables that fit each other. Its specs are not yet proven. */
export interface App {
  readonly tables: readonly OwnTable[];
  readonly specs: readonly SpecFile[];
  readonly theme: JsonObject | undefined;
}

export const emptyApp: App = { tables: [], specs: [], theme: undefined };

/** The file of a table or of a spec in the folder of an app, for the places of faults. */
export const tableFile = (name: string): string => `tables/${name}.json`;
export const specFile = (name: string): string => `query-specs/${name}.json`;
