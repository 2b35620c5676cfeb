// Defines an app: a JSON document with tables, named queries and a theme. A business can have its own app, and all
// businesses share the app in the folder RONDO_APP.
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

/** An app whose document was read, and whose tables fit together. Its query specs are not checked yet. */
export interface App {
  readonly tables: readonly OwnTable[];
  readonly specs: readonly SpecFile[];
  readonly theme: JsonObject | undefined;
}

export const emptyApp: App = { tables: [], specs: [], theme: undefined };

/** Returns the path of a table's file in the folder of an app. Faults of the table are reported with this path. */
export const tableFile = (name: string): string => `tables/${name}.json`;
export const specFile = (name: string): string => `query-specs/${name}.json`;
