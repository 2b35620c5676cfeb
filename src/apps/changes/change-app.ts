// Changes the app of one business to another version. Either all its tables and queries change, or none.
import { createHash } from "node:crypto";
import { CompiledQuery, type Kysely } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { credentialsContext } from "../../businesses/databases/open-databases.ts";
import type { Sealing } from "../../businesses/secrets/sealing.ts";
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import { businessSchema, type BusinessTables } from "../../businesses/tables/schema.ts";
import { counted } from "../../counted.ts";
import { AppError } from "../../errors.ts";
import type {
  BusinessCredentials,
  BusinessProvisioner,
} from "../../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../../ports/database/database.ts";
import type { SpecFault } from "../../queries/spec/faults.ts";
import { proveOnDatabase } from "../../queries/spec/prove.ts";
import type { DialectName } from "../../queries/sql/statement.ts";
import { type App, emptyApp } from "../app.ts";
import { addVersion, type AppSource, type AppVersion, findLatest, tablesOf } from "../app-versions.ts";
import { changesSql } from "./changes-sql.ts";
import { checkRows, lossesOf, sentencesOf } from "./check-rows.ts";
import { type Origins, originsOf } from "../origins.ts";
import { type ChangePlan, type PresentNames, planChanges } from "./plan-changes.ts";
import { inFolder, type ProveAppDeps, type ProvenApp, proveApp } from "../prove-app.ts";
import { readApp } from "../read-app.ts";

export interface ChangeAppDeps extends ProveAppDeps {
  readonly control: Database<ControlTables>;
  readonly sealing: Sealing;
  readonly provisioner: Pick<BusinessProvisioner<BusinessTables>, "openAsOwner">;
  /**
   * Called at the end of each change, so that this process reads the app again. Also called after a failure, unless the
   * database could not be opened.
   */
  forgetApp(businessId: string): void;
}

/**
 * A change of the app of a business. `bundle` returns the document of the next version, and is
 * called in each attempt.
 */
export interface AppChange {
  readonly businessId: string;
  readonly source: AppSource;
  readonly bundle: (
    db: Kysely<BusinessTables>,
  ) => Promise<{ readonly bundle: unknown; readonly names?: PresentNames }>;
  /**
   * Whether tables and columns are allowed to be dropped. A dry run reports losses, and does not
   * refuse them.
   */
  readonly allowLoss: boolean;
  /** Whether the changes are only reported and not made. */
  readonly isDryRun: boolean;
}

export interface AppReport {
  /**
   * The number of the version that is in use after the change. For a dry run: the number of the
   * version that would be in use.
   */
  readonly version: number;
  /** False if the current version has the same content. Then nothing was changed. */
  readonly isNew: boolean;
  readonly tables: number;
  readonly querySpecs: number;
  /** One sentence for each change of a table. */
  readonly changes: readonly string[];
  /** The tables and columns that the change deletes permanently. */
  readonly losses: readonly string[];
  readonly sql: Readonly<Record<DialectName, readonly string[]>>;
}

/**
 * Changes the app. After any error, the business still has its former version. Errors:
 * - APP_INVALID: the app has faults. The error has all of them.
 * - CONFLICT: the stored rows don't allow the change, the loss of data is not allowed, the business is being moved, or
 *   all attempts failed because another process changed the app at the same time.
 * - UNAVAILABLE: the business's database or the control database can't be reached. The audit entry of the change is
 *   stored in the control database.
 */
export async function changeApp(deps: ChangeAppDeps, actor: string, change: AppChange): Promise<AppReport> {
  await refuseMoving(deps, change.businessId);
  const owner = await deps.provisioner.openAsOwner(await credentialsOf(deps, change.businessId));
  try {
    for (let tries = 1; ; tries += 1) {
      // The specs are checked outside the transaction. The check takes a while, and a transaction would block the
      // writes of the business during that time.
      const prepared = await prepare(deps, owner.kysely, change);
      if (!prepared.report.isNew) return prepared.report;
      const isDone = await owner
        .changeTables(({ trx, explain }) =>
          changeIn(deps, actor, change, prepared, { dialect: owner.dialect, explain, kysely: trx }),
        )
        .catch((err: unknown) => {
          if (err === dryRunEnds) return true;
          throw err;
        });
      if (isDone) return prepared.report;
      if (tries === 5) throw changedMeanwhile();
    }
  } finally {
    await owner.close();
    deps.forgetApp(change.businessId);
  }
}

/** Thrown to roll back the transaction of a dry run. */
const dryRunEnds = new Error("a dry run changes nothing");

interface Prepared {
  readonly report: AppReport;
  readonly bundle: unknown;
  readonly plan: ChangePlan;
  readonly origins: Origins;
  readonly losses: readonly SpecFault[];
  readonly proven: ProvenApp;
  /**
   * The numbers of the latest versions of the business's own app and of the shared app. Each of the two apps is checked
   * together with the other one. If one of the numbers has changed later, this check has to be repeated.
   */
  readonly mark: string;
}

async function prepare(
  deps: ChangeAppDeps,
  db: Kysely<BusinessTables>,
  { source, bundle: findBundle }: AppChange,
): Promise<Prepared> {
  const latest = await findBoth(db);
  const present = latest[source];
  const { bundle, names } = await findBundle(db);
  const other = latest[source === "common" ? "own" : "common"];
  const otherTables = other === undefined ? [] : tablesOf(other.bundle);
  const { app, faults } = readApp(bundle, { schema: businessSchema, beside: otherTables });
  if (faults.length > 0) throw appInvalid(faults);
  if (source === "common" && other !== undefined) await refuseUnfit(deps, other, app);
  const before = present === undefined ? [] : tablesOf(present.bundle);
  const plan = planChanges(before, app.tables, names);
  if (plan.faults.length > 0) throw appInvalid(plan.faults);
  const losses = lossesOf(plan);
  const isNew = present?.hash !== hashOf(bundle);
  const proven = await proveApp(deps, isNew ? app : emptyApp, {
    commonTables: source === "common" ? [] : otherTables,
    commonQueryNames: source === "common" ? [] : queryNamesOf(latest.common),
  });
  if (proven.faults.length > 0) throw appInvalid(proven.faults);
  return {
    report: {
      version: (present?.number ?? 0) + (isNew ? 1 : 0),
      isNew,
      ...{ tables: app.tables.length, querySpecs: app.specs.length },
      ...{ changes: sentencesOf(plan), losses: losses.map(({ message }) => message) },
      sql: { sqlite: changesSql("sqlite", plan), postgres: changesSql("postgres", plan) },
    },
    ...{ bundle, plan, losses, proven, origins: originsOf(before, app.tables, names) },
    mark: markOf(latest),
  };
}

/**
 * Checks that the business's own app fits the new version of the shared app (RONDO_APP). The own app can use tables of
 * the shared app, and these may have changed.
 */
async function refuseUnfit(deps: ChangeAppDeps, { bundle }: AppVersion, common: App): Promise<void> {
  const { app, faults } = readApp(bundle, { schema: businessSchema, beside: common.tables });
  if (faults.length > 0) throw appInvalid(faults);
  const commonQueryNames = common.specs.map(({ file }) => file.replace(/\.json$/, ""));
  const proven = await proveApp(deps, app, { commonTables: common.tables, commonQueryNames });
  if (proven.faults.length > 0) throw appInvalid(proven.faults);
}

type LatestVersions = Readonly<Record<AppSource, AppVersion | undefined>>;

const findBoth = async (db: Kysely<BusinessTables>): Promise<LatestVersions> => ({
  own: await findLatest(db, "own"),
  common: await findLatest(db, "common"),
});

const markOf = ({ own, common }: LatestVersions): string => `${own?.number} ${common?.number}`;

type ChangedDatabase = Pick<Database<BusinessTables>, "dialect" | "explain" | "kysely">;

/**
 * Makes the change. If `mark` shows that an app was changed after the preparation, changes nothing
 * and returns false. A dry run ends with the error `dryRunEnds` after all checks of the stored
 * rows.
 */
async function changeIn(
  deps: ChangeAppDeps,
  actor: string,
  change: AppChange,
  { report, bundle, plan, origins, losses, proven, mark }: Prepared,
  database: ChangedDatabase,
): Promise<boolean> {
  const { businessId, source, allowLoss, isDryRun } = change;
  const { kysely: trx, dialect } = database;
  await waitForOthers(trx, dialect);
  if (mark !== markOf(await findBoth(trx))) return false;
  const rowFaults = await checkRows(trx, plan);
  if (rowFaults.length > 0) throw refused("The stored rows do not allow this change.", rowFaults);
  if (isDryRun) throw dryRunEnds;
  if (losses.length > 0 && !allowLoss) throw lossNotAllowed(losses);

  for (const text of report.sql[dialect]) await trx.executeQuery(CompiledQuery.raw(text));
  // Each app was already checked on an empty SQLite database. So here the queries are checked only on Postgres.
  if (dialect === "postgres") await proveInPlace(proven, database);
  await addVersion(trx, source, {
    ...{ number: report.version, hash: hashOf(bundle), bundle, origins },
    ...{ appliedAt: new Date().toISOString(), appliedBy: actor },
  });
  await refuseMoving(deps, businessId);
  // The audit entry is in another database. It is stored before the commit, so that there is no change without an
  // entry. If the commit fails, there is an entry without a change.
  await noteInAudit(deps, actor, change);
  return true;
}

async function proveInPlace({ queries, schema }: ProvenApp, database: ChangedDatabase): Promise<void> {
  const { faults } = await proveOnDatabase({ queries, schema, database });
  if (faults.length > 0) throw appInvalid(inFolder(faults));
}

const queryNamesOf = (version: AppVersion | undefined): readonly string[] =>
  version === undefined
    ? []
    : readApp(version.bundle, { schema: {} }).app.specs.map(({ file }) => file.replace(/\.json$/, ""));

/** Returns the hash of a document. The hash depends on the order of the document's keys. */
export const hashOf = (bundle: unknown): string =>
  createHash("sha256").update(JSON.stringify(bundle)).digest("hex");

/** Waits for other changes of the app. On SQLite this isn't needed, because a transaction waits for other writers. */
async function waitForOthers(trx: Kysely<BusinessTables>, dialect: DialectName): Promise<void> {
  if (dialect === "postgres")
    await trx.executeQuery(CompiledQuery.raw('lock table "appVersions" in exclusive mode'));
}

async function credentialsOf(
  { control, sealing }: ChangeAppDeps,
  businessId: string,
): Promise<BusinessCredentials> {
  const { credentials } = await control.kysely
    .selectFrom("businesses")
    .select("credentials")
    .where("id", "=", businessId)
    .executeTakeFirstOrThrow();
  const plain = sealing.open(credentials, credentialsContext(businessId));
  return JSON.parse(Buffer.from(plain).toString()) as BusinessCredentials;
}

/**
 * Refuses the change while the business is being moved, because a move copies only the tables that existed at its
 * start.
 */
async function refuseMoving({ control }: ChangeAppDeps, businessId: string): Promise<void> {
  const move = await control.kysely
    .selectFrom("businessMoves")
    .select("step")
    .where("businessId", "=", businessId)
    .executeTakeFirst();
  if (move === undefined) return;
  throw new AppError(
    "CONFLICT",
    "The business is being moved to another database, so its tables can't be changed now.",
    {
      hint: "Finish the move with `rondo business promote --finish`, or cancel it.",
    },
  );
}

async function noteInAudit(
  { control }: ChangeAppDeps,
  actor: string,
  { businessId, source }: AppChange,
): Promise<void> {
  await control.kysely
    .insertInto("audit")
    .values({
      ...{ id: uuidv7(), at: new Date().toISOString(), actor },
      ...{ action: `business.app.${source}`, subject: businessId },
    })
    .execute();
}

const changedMeanwhile = (): AppError =>
  new AppError("CONFLICT", "The app of this business is being changed by others at the same time.", {
    hint: "Read the current version, and apply your version again.",
  });

const faultsOf = (faults: readonly SpecFault[]) =>
  faults.map(({ file, at, ...rest }) => ({ at: `${file}#${at}`, ...rest }));

export const appInvalid = (faults: readonly SpecFault[]): AppError =>
  new AppError("APP_INVALID", `The app has ${counted(faults.length, "fault")}.`, {
    faults: faultsOf(faults),
  });

const refused = (message: string, faults: readonly SpecFault[]): AppError =>
  new AppError("CONFLICT", message, { hint: "Nothing was changed.", faults: faultsOf(faults) });

const lossNotAllowed = (losses: readonly SpecFault[]): AppError =>
  new AppError("CONFLICT", "This version drops tables or columns.", {
    hint: "Allow the loss with --allow-loss, or with allowLoss=true over HTTP. Nothing was changed.",
    faults: faultsOf(losses),
  });
