import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copySqliteFile } from "../../database/sqlite/copy-file.ts";
import { openSqlite } from "../../database/sqlite/database.ts";
import { businessProvisionerContract, type ShelfTables } from "../contract.ts";
import { goldenOf } from "./golden.ts";
import { createSqliteProvisioner } from "./provisioner.ts";

businessProvisionerContract(async () => {
  const directory = await mkdtemp(join(tmpdir(), "rondo-businesses-"));
  return {
    open: (migrations) =>
      createSqliteProvisioner<ShelfTables>({
        directory,
        openDatabase: (file) => openSqlite({ file, migrations }),
        copyFile: copySqliteFile,
        golden: () => goldenOf(migrations),
      }),
    holdings: async () => (await readdir(directory)).filter((name) => name.endsWith(".db")).toSorted(),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
});
