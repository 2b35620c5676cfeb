// Declares the adapter for Postgres: each business gets a database and a role on a server.
import { AppError } from "../../../errors.ts";
import { anyAddress } from "../../technology.ts";
import type { ProvisionerTechnology } from "../technology.ts";
import { createPostgresProvisioner } from "./provisioner.ts";

export const postgres: ProvisionerTechnology = {
  name: "Postgres",
  schemes: ["postgres", "postgresql"],
  example: "postgres://user:password@127.0.0.1:5432/postgres",
  faultOf: anyAddress,
  create: (location, { migrations }) =>
    createPostgresProvisioner({
      adminUrl: location,
      migrations,
      async openDatabase(url) {
        const { openPostgres } = await import("../../database/postgres/database.ts");
        return openPostgres({ url, migrations });
      },
      async copyRows(fromUrl, toUrl) {
        const { copyAllRows } = await import("../../database/postgres/copy/copy-all.ts");
        await copyAllRows(fromUrl, toUrl);
      },
    }),
  async checkServer(url) {
    const { refuseSharedSessions } = await import("../../drivers/postgres-pooler.ts");
    await refuseSharedSessions(url);
  },
  async examine(url) {
    const [{ examinePostgres }, { businessFindings }] = await Promise.all([
      import("../../drivers/postgres-inspect.ts"),
      import("../../drivers/postgres-findings.ts"),
    ]);
    return businessFindings(await examinePostgres(url));
  },
  async openCopy(credentials, { locations }) {
    const own = new URL(String(credentials.url));
    const admin = locations.map((location) => new URL(location)).find(({ host }) => host === own.host);
    if (admin === undefined) throw noAdministrator();
    const { openPostgresCopy } = await import("../../database/postgres/copy/copy.ts");
    return openPostgresCopy(Object.assign(admin, { pathname: own.pathname }).href);
  },
  async migrationsRun(credentials, migrations) {
    const { openPostgres } = await import("../../database/postgres/database.ts");
    const database = await openPostgres({ url: String(credentials.url), migrations, max: 1 });
    try {
      const { rows } = await database.run("select name from kysely_migration", [], { timeoutMs: 5_000 });
      return rows.map(({ name }) => String(name));
    } finally {
      await database.close();
    }
  },
};

const noAdministrator = (): AppError =>
  new AppError("CONFIG_INVALID", "The administrator of the business's Postgres server is not known.", {
    hint: "Pass it with --admin postgres://admin@host/database, or set RONDO_BUSINESS_URL.",
  });
