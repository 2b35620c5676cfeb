// Provides what the commands `rondo specs …` work with: the folder of the specs, the schema, scratch databases and a
// language model.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { businessSchema, type BusinessTables } from "../../businesses/tables/schema.ts";
import type { Config } from "../../config/config.ts";
import { migrationsOf } from "../../deps/migrations-of.ts";
import { openScratch, querySpecs } from "../../deps/scratch-database.ts";
import { AppError } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import { openDatabase } from "../../ports/database/open.ts";
import { openLanguageModel } from "../../ports/language-model/open.ts";
import type { LanguageModel } from "../../ports/language-model/language-model.ts";
import { proveSpecs, readSpecFiles, specsInvalid } from "../../queries/spec/load-specs.ts";
import { createQuerySet, type QuerySet } from "../../queries/run/query-set.ts";
import type { Schema } from "../../queries/spec/parse/parsing.ts";

export interface SpecsTools {
  /** The folder of the specs. */
  readonly dir: string;
  /** The path of the web app's typed client. */
  readonly clientFile: string;
  readonly schema: Schema;
  /** Opens a new database in memory with the current schema and without rows. */
  openScratch(): Promise<Database<BusinessTables>>;
  /**
   * Opens the Postgres database at `url`, which should be empty. The caller has to migrate and close the database.
   */
  openPostgres(url: string): Promise<Database<BusinessTables>>;
  /** Opens the language model. Throws CONFIG_INVALID if no language model is configured. */
  languageModel(): LanguageModel;
  /** Writes a new file into the folder of the specs. Throws CONFLICT if the file exists. */
  writeSpec(file: string, text: string): Promise<void>;
  print(line: string): void;
  confirm(question: string): Promise<boolean>;
}

/** Creates the tools of `rondo specs`. */
export const createSpecsTools = (
  config: () => Config,
  terminal: Pick<SpecsTools, "print" | "confirm">,
): SpecsTools => ({
  ...terminal,
  dir: querySpecs,
  clientFile: join(import.meta.dirname, "../../../web/src/api/queries.generated.ts"),
  schema: businessSchema,
  openScratch,
  async openPostgres(url) {
    const at = { scheme: "postgres", location: url };
    return openDatabase<BusinessTables>(at, { migrations: migrationsOf("business") });
  },
  languageModel() {
    const { languageModel } = config();
    if (languageModel) return openLanguageModel(languageModel);
    const hint = "For example RONDO_LLM_URL=http://127.0.0.1:11434/v1";
    throw new AppError("CONFIG_INVALID", "No language model is configured.", {
      faults: [{ at: "RONDO_LLM_URL", message: "It is not set.", hint }],
    });
  },
  writeSpec: (file, text) =>
    writeFile(join(querySpecs, file), text, { flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EEXIST") throw cause;
      throw new AppError("CONFLICT", `query-specs/${file} exists already.`, { cause });
    }),
});

export interface LoadedSpecs {
  readonly set: QuerySet;
  /** The text of each spec file, by the name of the query. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads and checks all specs in the folder, without a database. Throws SPEC_INVALID if a spec has faults. */
export async function loadForCommand({ dir, schema }: SpecsTools): Promise<LoadedSpecs> {
  const files = await readSpecFiles(dir);
  const { queries, faults } = proveSpecs(files, schema);
  if (faults.length > 0) throw specsInvalid(faults);
  return {
    set: createQuerySet(queries),
    texts: new Map(files.map(({ file, text }) => [file.slice(0, -".json".length), text])),
  };
}
