// Declares the database adapter for SQLite. Each database is a file.
import { migrationNames, refuseNewer } from "../migration-files.ts";
import { needsPath } from "../../technology.ts";
import type { DatabaseTechnology } from "../technology.ts";

export const sqlite: DatabaseTechnology = {
  name: "SQLite",
  engine: "sqlite",
  schemes: ["sqlite"],
  example: "sqlite:./data/control.db",
  faultOf: needsPath,
  async open(file, { migrations }) {
    const { openSqlite } = await import("./database.ts");
    return openSqlite({ file, migrations });
  },
  async protect() {},
  async examine(file, migrations) {
    const { examineSqliteFile } = await import("../../drivers/examine-disk.ts");
    const names = await migrationNames(migrations);
    return examineSqliteFile(file, (report) => refuseNewer(report.migrations, names));
  },
};
