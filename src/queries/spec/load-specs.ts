// Loads the query specs from the files of a folder. A fault in one file doesn't end the check of
// the other files, and all found faults are reported together.
import { counted } from "../../counted.ts";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { AppError } from "../../errors.ts";
import { exactSourceOf, losesDigits, parseExactJson } from "../../exact-json.ts";
import { createFaultList, type FaultList, pointerTo, type SpecFault } from "./faults.ts";
import type { Database } from "../../ports/database/database.ts";
import { proveOnDatabase } from "./prove.ts";
import { syntaxFaultOf } from "./syntax-fault.ts";
import { createQuerySet, type QuerySet } from "../run/query-set.ts";
import { type Query, readSpec } from "./parse/spec.ts";
import type { Schema } from "./parse/parsing.ts";

export interface LoadSpecsOptions<Tables> {
  readonly dir: string;
  readonly schema: Schema;
  /**
   * A migrated database; it needs no rows. If this database is given, each spec that has no fault
   * is also checked against the database's columns and engine.
   */
  readonly proveOn?: Database<Tables>;
}

export interface SpecFile {
  /** The name of the file, for example "tracks.list.json". */
  readonly file: string;
  readonly text: string;
}

/** If a spec has a fault, throws SPEC_INVALID with the found faults of all specs. */
export async function loadSpecs<Tables = never>({
  dir,
  schema,
  proveOn,
}: LoadSpecsOptions<Tables>): Promise<QuerySet> {
  const { queries, faults } = proveSpecs(await readSpecFiles(dir), schema);
  const set = createQuerySet(queries);
  const more =
    proveOn === undefined
      ? []
      : (await proveOnDatabase({ queries: set.queries.values(), schema, database: proveOn })).faults;
  if (faults.length + more.length > 0) throw specsInvalid([...faults, ...more]);
  return set;
}

/**
 * Reads the .json files of the folder except schema.json, sorted by name. Subfolders are not read.
 */
export async function readSpecFiles(dir: string): Promise<readonly SpecFile[]> {
  const files = (await readdir(dir))
    .filter((file) => file.endsWith(".json") && file !== "schema.json")
    .sort();
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(join(dir, file), "utf8") })));
}

export interface ProvenSpecs {
  /** The queries of the files without a fault. */
  readonly queries: readonly Query[];
  readonly faults: readonly SpecFault[];
}

/** Checks the specs without a database. Faults are returned and not thrown. */
export function proveSpecs(files: readonly SpecFile[], schema: Schema): ProvenSpecs {
  const queries: Query[] = [];
  const faults: SpecFault[] = [];
  const fileOf = new Map<string, string>();
  for (const { file, text } of files) {
    const list = createFaultList();
    const raw = parseExactJson(text);
    if ("fault" in raw) list.add("", raw.fault, syntaxErrorOf(text));
    else if (raw.value !== raw.plain) noteInexact(list, "", raw.value);
    const query = "fault" in raw ? undefined : readSpec(list, schema, raw.plain, basename(file));
    if (query !== undefined) {
      const other = fileOf.get(query.name);
      if (other !== undefined) list.add("/name", `"${query.name}" is already defined in ${other}.`);
      fileOf.set(query.name, file);
    }
    if (list.faults.length === 0 && query !== undefined) queries.push(query);
    for (const fault of list.faults) faults.push({ file, ...fault });
  }
  return { queries, faults };
}

/** Reports each number that has too many digits for a double. JSON.parse rounds such a number silently. */
function noteInexact(list: FaultList, at: string, value: unknown): void {
  const source = exactSourceOf(value);
  if (source !== undefined) {
    if (losesDigits(source))
      list.add(
        at,
        `${source.slice(0, 40)} can't be represented exactly.`,
        "Write a number of at most 15 digits, or use a parameter of format int64 for it.",
      );
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) noteInexact(list, pointerTo(at, key), inner);
  }
}

/** Returns the place of a syntax error; undefined if the syntax is valid. */
function syntaxErrorOf(text: string): string | undefined {
  const fault = syntaxFaultOf(text);
  return fault && `The first character that does not fit is at line ${fault.line}, column ${fault.column}.`;
}

export const specsInvalid = (faults: readonly SpecFault[]): AppError =>
  new AppError("SPEC_INVALID", `The query specs have ${counted(faults.length, "fault")}.`, {
    faults: faults.map(({ file, at, ...rest }) => ({ at: `${file}#${at}`, ...rest })),
  });
