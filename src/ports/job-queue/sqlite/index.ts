// Declares the adapter for the job queue in one SQLite file.
import { storeNewer } from "../../../errors.ts";
import { needsPath } from "../../technology.ts";
import type { JobQueueTechnology } from "../technology.ts";

export const sqlite: JobQueueTechnology = {
  name: "SQLite",
  schemes: ["sqlite"],
  example: "sqlite:./data/jobs.db",
  faultOf: needsPath,
  async open(file, { onError }) {
    const { createSqliteJobQueue } = await import("./queue.ts");
    return createSqliteJobQueue({ file, onError });
  },
  async openCopy(file) {
    const { createSqliteJobCopy } = await import("./job-copy.ts");
    return createSqliteJobCopy(file);
  },
  openBoard: async () => undefined,
  async examine(file) {
    const [{ examineSqliteFile }, { jobSchemaVersion }] = await Promise.all([
      import("../../drivers/examine-disk.ts"),
      import("./schema.ts"),
    ]);
    return examineSqliteFile(file, ({ userVersion }) => {
      if (userVersion > jobSchemaVersion) throw storeNewer(file, userVersion);
    });
  },
};
