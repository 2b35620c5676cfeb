// Defines an app: a JSON document with tables, named queries and a theme. A business can have its own app. If
// RONDO_APP names a folder, every business also has the app in this folder.
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

/** An app that was read from a document. Its tables were checked, but its query specs were not. */
export interface App {
  readonly tables: readonly OwnTable[];
  readonly specs: readonly SpecFile[];
  readonly theme: JsonObject | undefined;
}

export const emptyApp: App = { tables: [], specs: [], theme: undefined };

/** Returns the path of a table's file within the folder of an app. Faults of the table are reported with this path. */
export const tableFile = (name: string): string => `tables/${name}.json`;
export const specFile = (name: string): string => `query-specs/${name}.json`;
