// What a Postgres's report means for the control database, and for where businesses are made.
import type { PostgresReport } from "./postgres-inspect.ts";
import { type Found, good, warning, wrong } from "../found.ts";

const versionNumberMin = 140_000;
const connectionsLow = 50;

export const controlFindings = (report: PostgresReport): readonly Found[] => [
  ...serverFindings(report),
  report.canMakeTables
    ? good(`The role ${report.role} may make tables here.`)
    : wrong(
        `The role ${report.role} may not make tables in the schema public.`,
        `As its owner: alter database <name> owner to "${report.role}"`,
      ),
];

export function businessFindings(report: PostgresReport): readonly Found[] {
  const missing = [
    ...(report.canMakeDatabases ? [] : ["createdb"]),
    ...(report.canMakeRoles ? [] : ["createrole"]),
  ];
  const rights =
    missing.length === 0
      ? good(`The role ${report.role} may make databases and roles.`)
      : wrong(
          `The role ${report.role} may not make ${missing.includes("createdb") ? "databases" : ""}${missing.length === 2 ? " or " : ""}${missing.includes("createrole") ? "roles" : ""}, and each business gets one of each.`,
          `As a superuser: alter role "${report.role}" ${missing.join(" ")}`,
        );
  const superuser = warning(
    `The role ${report.role} is a superuser.`,
    `Make one of its own: create role rondo login createdb createrole password '…'`,
  );
  const letters = good(
    "Search ignores letter case, but not of letters newer than the server's ICU, which is older than Unicode 16.",
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
    "The server lets us in with any password: whoever reaches it has every business's data.",
    "In pg_hba.conf write scram-sha-256 in place of trust, then: select pg_reload_conf()",
  );
  const few = warning(
    `The server takes only ${connectionsMax} connections.`,
    "Raise max_connections to 100 or more: each open business holds up to two.",
  );
  return [
    versionNumber >= versionNumberMin
      ? good(`PostgreSQL ${version}.`)
      : wrong(`PostgreSQL ${version} is too old: 14 or newer is needed.`, "Upgrade the server."),
    ...(report.acceptsAnyPassword ? [trusted] : []),
    ...(connectionsMax < connectionsLow ? [few] : []),
  ];
}
