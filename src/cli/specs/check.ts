// Defines two commands. `rondo specs check` checks the specs, and whether the files that are generated from them are up
// to date. `rondo specs types` writes these files.
import { counted } from "../../counted.ts";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { AppError } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import { clientTypesOf } from "../../queries/publish/client-types.ts";
import type { SpecFault } from "../../queries/spec/faults.ts";
import { goldenFilesOf } from "../../queries/publish/golden.ts";
import { specsInvalid } from "../../queries/spec/load-specs.ts";
import { proveOnDatabase } from "../../queries/spec/prove.ts";
import type { QuerySet } from "../../queries/run/query-set.ts";
import { specJsonSchemaText } from "../../queries/publish/spec-json-schema.ts";
import { loadForCommand, type SpecsTools } from "./tools.ts";

/**
 * Checks the specs on SQLite and, if `postgres` is given, on the Postgres database at this URL. Throws SPEC_INVALID if
 * a spec has faults, or if a generated file is missing, not up to date or no longer needed.
 */
export async function checkSpecs(tools: SpecsTools, { postgres }: { postgres?: string }): Promise<void> {
  const { print } = tools;
  const { set } = await loadForCommand(tools);
  await proveOn(tools, set, await tools.openScratch());
  print(`Checked ${counted(set.queries.size, "spec")} on SQLite.`);
  if (postgres !== undefined) {
    await proveOn(tools, set, await tools.openPostgres(postgres));
    print(`Checked ${counted(set.queries.size, "spec")} on Postgres.`);
  }
  const stale = await staleFiles(tools, set);
  if (stale.length === 0) return;
  throw new AppError("SPEC_INVALID", `These files are not up to date: ${stale.join(", ")}.`, {
    hint: "Run `rondo specs types`, and review the differences.",
  });
}

/**
 * Migrates the database, checks the specs on it, and closes it. Prints a note for each read that scans a table. Throws
 * SPEC_INVALID if a spec has faults.
 */
async function proveOn(
  { schema, print }: SpecsTools,
  set: QuerySet,
  database: Database<BusinessTables>,
): Promise<void> {
  try {
    await database.migrate();
    const { faults, scans } = await proveOnDatabase({ queries: set.queries.values(), schema, database });
    for (const scan of scans) print(`note  ${lineOf(scan)}`);
    if (faults.length > 0) throw specsInvalid(faults);
  } finally {
    await database.close();
  }
}

const lineOf = ({ file, at, message, hint }: SpecFault) =>
  `${file}#${at}: ${message}${hint === undefined ? "" : ` ${hint}`}`;

interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

const generatedFiles = ({ dir, clientFile }: SpecsTools, set: QuerySet): readonly GeneratedFile[] => [
  { path: join(dir, "schema.json"), text: specJsonSchemaText },
  { path: clientFile, text: clientTypesOf(set.queries.values()) },
  ...goldenFilesOf(set).map(({ name, text }) => ({ path: join(dir, "golden", name), text })),
];

async function staleFiles(tools: SpecsTools, set: QuerySet): Promise<readonly string[]> {
  const files = generatedFiles(tools, set);
  const stale: string[] = [];
  for (const { path, text } of files) {
    const there = await readFile(path, "utf8").catch(() => undefined);
    if (there === undefined || squeezed(there) !== squeezed(text)) stale.push(basename(path));
  }
  const known = new Set(files.map(({ path }) => basename(path)));
  const golden = await readdir(join(tools.dir, "golden")).catch(() => []);
  return [...stale, ...golden.filter((name) => !known.has(name))];
}

/** Removes whitespace, commas and `|`, because a formatter can break the lines of a file differently. */
const squeezed = (text: string): string => text.replaceAll(/[\s,|]+/g, "");

/**
 * Writes the generated files, and removes every other file in the folder `golden`. Returns the paths of the files that
 * were created, changed or removed.
 */
export async function writeGenerated(tools: SpecsTools): Promise<readonly string[]> {
  const { set } = await loadForCommand(tools);
  const files = generatedFiles(tools, set);
  const golden = join(tools.dir, "golden");
  await mkdir(golden, { recursive: true });
  const changed: string[] = [];
  for (const { path, text } of files) {
    if ((await readFile(path, "utf8").catch(() => undefined)) === text) continue;
    await writeFile(path, text);
    changed.push(path);
  }
  const known = new Set(files.map(({ path }) => path));
  const old = (await readdir(golden)).map((name) => join(golden, name)).filter((path) => !known.has(path));
  for (const path of old) await rm(path, { recursive: true });
  return [...changed, ...old];
}
