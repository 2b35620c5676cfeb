// Converts the report about a Postgres server to the findings that `rondo doctor` prints. The findings for the control
// database differ from those for the databases of businesses.
import type { PostgresReport } from "./postgres-inspect.ts";
import { type Found, good, warning, wrong } from "../found.ts";

const versionNumberMin = 150_000;
const connectionsLow = 50;

export const controlFindings = (report: PostgresReport): readonly Found[] => [
  ...serverFindings(report),
  report.canMakeTables
    ? good(`The role ${report.role} may create tables here.`)
    : wrong(
        `The role ${report.role} is not allowed to create tables in the schema public.`,
        `As the owner of the database, run: alter database <name> owner to "${report.role}"`,
      ),
];

export function businessFindings(report: PostgresReport): readonly Found[] {
  const missing = [
    ...(report.canMakeDatabases ? [] : ["createdb"]),
    ...(report.canMakeRoles ? [] : ["createrole"]),
  ];
  const rights =
    missing.length === 0
      ? good(`The role ${report.role} may create databases and roles.`)
      : wrong(
          `The role ${report.role} is not allowed to create ${missing.includes("createdb") ? "databases" : ""}${missing.length === 2 ? " or " : ""}${missing.includes("createrole") ? "roles" : ""}, but each business needs its own database and role.`,
          `As a superuser, run: alter role "${report.role}" ${missing.join(" ")}`,
        );
  const superuser = warning(
    `The role ${report.role} is a superuser.`,
    `Create a separate role: create role rondo login createdb createrole password '…'`,
  );
  const letters = good(
    "Search ignores the case of letters. Only the new letters of Unicode 16 are unknown to the server's older ICU library.",
  );
  return [
    ...serverFindings(report),
    rights,
    ...(report.isSuperuser ? [superuser] : []),
    ...(report.knowsNewLetters ? [] : [letters]),
  ];
}

function serverFindings(report: PostgresReport): readonly Found[] {
  const { version, versionNumber, connectionsMax } = report;
  const trusted = warning(
    "The server accepts any password: anyone who can reach it can read the data of every business.",
    "In pg_hba.conf replace trust by scram-sha-256, then run: select pg_reload_conf()",
  );
  const few = warning(
    `The server accepts only ${connectionsMax} connections.`,
    "Raise max_connections to 100 or more: each open business uses up to two connections.",
  );
  return [
    versionNumber >= versionNumberMin
      ? good(`PostgreSQL ${version}.`)
      : wrong(`PostgreSQL ${version} is too old: 15 or newer is needed.`, "Upgrade the server."),
    ...(report.acceptsAnyPassword ? [trusted] : []),
    ...(connectionsMax < connectionsLow ? [few] : []),
  ];
}
