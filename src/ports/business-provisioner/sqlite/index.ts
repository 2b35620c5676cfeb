// Declares the adapter for SQLite: each business's database is a file.
import { needsPath } from "../../technology.ts";
import type { ProvisionerTechnology } from "../technology.ts";
import { createSqliteProvisioner } from "./provisioner.ts";

export const sqlite: ProvisionerTechnology = {
  name: "SQLite",
  schemes: ["sqlite"],
  example: "sqlite:./data/businesses",
  faultOf: needsPath,
  create: (location, { folder, migrations }) =>
    createSqliteProvisioner({
      directory: location ?? folder,
      async openDatabase(file) {
        const { openSqlite } = await import("../../database/sqlite/database.ts");
        return openSqlite({ file, migrations });
      },
      async copyFile(file, copy) {
        const { copySqliteFile } = await import("../../database/sqlite/copy-file.ts");
        await copySqliteFile(file, copy);
      },
      async golden() {
        const { goldenOf } = await import("./golden.ts");
        return goldenOf(migrations);
      },
    }),
  async checkServer() {},
  async examine(folder) {
    const { examineFolder } = await import("../../drivers/examine-disk.ts");
    return examineFolder(folder);
  },
  async openCopy(credentials) {
    const { openSqliteCopy } = await import("../../database/sqlite/copy/copy.ts");
    return openSqliteCopy(String(credentials.file));
  },
  async migrationsRun(credentials) {
    const { inspectSqlite } = await import("../../drivers/sqlite-inspect.ts");
    const file = String(credentials.file);
    const { exists, refusal, migrations } = inspectSqlite(file);
    if (!exists) throw new Error(`${file} is missing`);
    if (refusal !== undefined) throw new Error(`${file} is damaged: ${refusal}`);
    if (migrations.length === 0) throw new Error(`${file} is damaged: it has no tables`);
    return migrations;
  },
};
