// Creates temporary SQLite databases, with which archives of older versions are restored. A new
// database has the tables of the archive's version, and the caller loads the archive into
// `database`. Then the caller calls `migrate`, which migrates the tables to the present version and
// closes `database`. After that, the caller reads the rows with `openCopy`, and finally calls `close`.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OlderDatabases } from "../archives/older-archive.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import { migrationNames } from "../ports/database/migration-files.ts";
import { openDatabase } from "../ports/database/open.ts";
import type { MoveDeps } from "../moves/business/move-business.ts";
import { migrationsOf } from "./migrations-of.ts";

export function createOlderDatabases({ openCopy }: Pick<MoveDeps, "openCopy">): OlderDatabases {
  const present = migrationsOf("business");
  return {
    migrations: () => migrationNames(present),
    async create(names) {
      const folder = await mkdtemp(join(tmpdir(), "rondo-older-"));
      const file = join(folder, "business.db");
      const open = async (migrations: string) => {
        const database = await openDatabase<BusinessTables>(
          { scheme: "sqlite", location: file },
          { migrations },
        );
        await database.migrate();
        return database;
      };
      for (const name of names) {
        const path = JSON.stringify(join(present, `${name}.ts`));
        await writeFile(join(folder, `${name}.ts`), `export * from ${path};\n`);
      }
      const first = await open(folder);
      return {
        database: first,
        openCopy: () => openCopy({ engine: "sqlite", file }),
        async migrate() {
          await first.close();
          await (await open(present)).close();
        },
        async close() {
          await first.close();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  };
}
