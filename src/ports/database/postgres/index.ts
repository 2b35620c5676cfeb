// Declares the database adapter for Postgres.
import { anyAddress } from "../../technology.ts";
import { migrationNames, refuseNewer } from "../migration-files.ts";
import type { DatabaseTechnology } from "../technology.ts";

export const postgres: DatabaseTechnology = {
  name: "Postgres",
  engine: "postgres",
  schemes: ["postgres", "postgresql"],
  example: "postgres://user:password@127.0.0.1:5432/rondo",
  faultOf: anyAddress,
  async open(url, { migrations, connectionsMax }) {
    const [{ openPostgres }, { refuseSharedSessions }] = await Promise.all([
      import("./database.ts"),
      import("../../drivers/postgres-pooler.ts"),
    ]);
    await refuseSharedSessions(url);
    const max = connectionsMax === undefined ? {} : { max: connectionsMax };
    return openPostgres({ url, migrations, ...max });
  },
  async protect(database, url) {
    const { keepToItself } = await import("../../drivers/postgres-rights.ts");
    await keepToItself(database, decodeURIComponent(new URL(url).pathname.slice(1)));
  },
  async examine(url, migrations) {
    const [{ examinePostgres }, { controlFindings }] = await Promise.all([
      import("../../drivers/postgres-inspect.ts"),
      import("../../drivers/postgres-findings.ts"),
    ]);
    const report = await examinePostgres(url);
    refuseNewer(report.migrations, await migrationNames(migrations));
    return controlFindings(report);
  },
};
