// What the specs commands work with: the folder, the schema, scratch databases and a language model.
import type { BusinessTables } from "../businesses/schema.ts";
import type { Database } from "../ports/database/database.ts";
import type { LanguageModel } from "../ports/language-model/language-model.ts";
import { proveSpecs, readSpecFiles, specsInvalid } from "../queries/spec/load-specs.ts";
import { createQuerySet, type QuerySet } from "../queries/run/query-set.ts";
import type { Schema } from "../queries/spec/parsing.ts";

export interface SpecsTools {
  /** The folder of the specs. */
  readonly dir: string;
  /** Where the web app's typed client is written. */
  readonly clientFile: string;
  readonly schema: Schema;
  /** A new database in memory, migrated and empty. */
  openScratch(): Promise<Database<BusinessTables>>;
  /** An empty Postgres database, to be migrated. */
  openPostgres(url: string): Promise<Database<BusinessTables>>;
  /** CONFIG_INVALID when none is set. */
  languageModel(): LanguageModel;
  /** Writes a new file into the folder: CONFLICT when it is there. */
  writeSpec(file: string, text: string): Promise<void>;
  print(line: string): void;
  confirm(question: string): Promise<boolean>;
}

export interface LoadedSpecs {
  readonly set: QuerySet;
  /** The files' texts by the queries' names. */
  readonly texts: ReadonlyMap<string, string>;
}

export async function loadForCommand({ dir, schema }: SpecsTools): Promise<LoadedSpecs> {
  const files = await readSpecFiles(dir);
  const { queries, faults } = proveSpecs(files, schema);
  if (faults.length > 0) throw specsInvalid(faults);
  return {
    set: createQuerySet(queries),
    texts: new Map(files.map(({ file, text }) => [file.slice(0, -".json".length), text])),
  };
}
