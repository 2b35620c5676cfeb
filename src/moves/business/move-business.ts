// Moves a business to a new database on another engine while the business is in use. If the command
// is killed before the switch to the new database, the next run continues the move. After the
// switch, the move can only be finished or reversed (`end-move.ts`).
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import type { Sealing } from "../../businesses/secrets/sealing.ts";
import { AppError } from "../../errors.ts";
import type {
  BusinessCredentials,
  BusinessEngine,
  BusinessProvisioner,
} from "../../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../../ports/database/database.ts";
import type { CopyTable, TableCopy } from "../../ports/database/table-copy.ts";
import { type CopyEnds, copyTable } from "./copy/copy-table.ts";
import { matchTables } from "./copy/match-tables.ts";
import {
  findMove,
  findMovedBusiness,
  hasChanged,
  type HeldMove,
  holdMove,
  type Move,
  type MovedBusiness,
} from "./move-record.ts";
import { copyOwnTables } from "./copy/own-tables.ts";
import { countRows, type OnMoveEvent } from "./progress.ts";
import { switchOver } from "./switch-over.ts";
import { openEnds } from "./copy/open-ends.ts";

export interface MoveDeps {
  readonly control: Database<ControlTables>;
  readonly sealing: Sealing;
  /** Creates and deletes databases of one engine. */
  readonly provisionerOf: (
    engine: BusinessEngine,
  ) => Pick<BusinessProvisioner<BusinessTables>, "provision" | "openAsOwner" | "drop" | "dropEvery">;
  /** Opens a business's database with the permission to create triggers. */
  readonly openCopy: (credentials: BusinessCredentials) => Promise<TableCopy>;
  readonly onEvent: OnMoveEvent;
  /**
   * The time in milliseconds after which all processes have noticed a move. Default:
   * `announceMsDefault`. In some tests, all processes notice a move sooner. These tests set a shorter time.
   */
  readonly announceMs?: number;
}

export interface MoveReport {
  /** The number of rows in the business's database at the start of the copy. */
  readonly rows: number;
  readonly tables: number;
  /** The time for which writes were refused, in milliseconds. */
  readonly pauseMs: number;
  /** The duration of this run of the command, without earlier interrupted runs. */
  readonly totalMs: number;
}

export const announceMsDefault = 5_000;

/**
 * Moves the business, or continues an interrupted move to the same engine. If an error occurs
 * before the switch, the business stays on its database, and the traces of the move are removed. If
 * an error occurs after the switch, the business stays on the new database.
 * Errors, besides the errors of `switchOver`:
 * - NOT_FOUND: the slug is unknown.
 * - CONFLICT: the business is on this engine already, another move of the business is not finished,
 *   another command works on the move, or a foreign key is broken.
 * - UNAVAILABLE: the traces can't be removed.
 */
export async function moveBusiness(
  deps: MoveDeps,
  actor: string,
  { slug, engine }: { readonly slug: string; readonly engine: BusinessEngine },
): Promise<MoveReport> {
  const startedAt = performance.now();
  const business = await findMovedBusiness(deps, slug);
  const earlier = await findMove(deps, business.id);
  if (earlier?.step === "switched" || earlier?.step === "returning") throw notFinished();
  if (business.engine === engine) throw alreadyThere(engine);
  if (earlier !== undefined && earlier.engine !== engine) throw otherEngine(earlier.engine);

  const move = await holdMove(deps, business, engine);
  await refuseChanged(deps, move, { business, earlier });
  let ends: CopyEnds | undefined;
  try {
    const credentials = await provisionOnce(deps, move, business.id, engine);
    await copyOwnTables(deps.provisionerOf, { from: business.credentials, to: credentials });
    ends = await openEnds(deps.openCopy, { from: business.credentials, to: credentials });
    const { tables, rows } = await copyAll(deps, move, ends);
    const { announceMs = announceMsDefault, onEvent } = deps;
    const pauseMs = await switchOver({ ends, tables, move, actor, announceMs, onEvent });
    onEvent({ event: "step", step: "check" });
    await ends.from.log.end();
    await ends.to.writer.validate();
    return { rows, tables: tables.length, pauseMs, totalMs: performance.now() - startedAt };
  } catch (err) {
    await undo(deps, move, business.credentials).catch((cause: unknown) => {
      throw notUndone(cause, err);
    });
    throw err;
  } finally {
    await Promise.allSettled([ends?.from.close(), ends?.to.close(), move.release()]);
  }
}

/**
 * Throws CONFLICT if another command changed the business or its move while this command waited in `holdMove`. Before
 * that, releases the move, and removes the record that `holdMove` has created.
 */
async function refuseChanged(
  deps: MoveDeps,
  move: HeldMove,
  { business, earlier }: { readonly business: MovedBusiness; readonly earlier: Move | undefined },
): Promise<void> {
  const found = await move.read();
  const isNew = found.step === "begun" && found.credentials === undefined;
  const present = await findMovedBusiness(deps, business.slug);
  const isSameBusiness =
    present.id === business.id &&
    present.engine === business.engine &&
    JSON.stringify(present.credentials) === JSON.stringify(business.credentials);
  if (isSameBusiness && (earlier === undefined ? isNew : found.changedAtMs === earlier.changedAtMs)) return;
  if (isNew) await move.remove();
  await move.release();
  throw hasChanged();
}

/**
 * Returns the credentials of the new database. If the record of the move already contains them, an earlier command has
 * created the database. Otherwise creates the database. Before that, deletes a database that an earlier command created
 * without recording its credentials.
 */
async function provisionOnce(
  { provisionerOf, onEvent }: MoveDeps,
  move: HeldMove,
  businessId: string,
  engine: BusinessEngine,
): Promise<BusinessCredentials> {
  onEvent({ event: "step", step: "prepare" });
  const known = (await move.read()).credentials;
  if (known !== undefined) return known;
  const provisioner = provisionerOf(engine);
  await provisioner.dropEvery({ engine, businessId });
  const credentials = await provisioner.provision(businessId);
  await move.update({ step: "copying", credentials }).catch(async (err: unknown) => {
    // Without the record, the database would stay until the next move of the business to this engine.
    await provisioner.drop(credentials).catch((cause: unknown) => {
      throw notUndone(cause, err);
    });
    throw err;
  });
  return credentials;
}

interface Copied {
  readonly tables: readonly CopyTable[];
  readonly rows: number;
}

/**
 * Copies the tables that the record of the move does not list as copied. Before the copy, starts to log the changes of
 * all tables in the source database.
 */
export async function copyAll(
  { onEvent }: Pick<MoveDeps, "onEvent">,
  move: Pick<HeldMove, "read" | "update">,
  ends: CopyEnds,
): Promise<Copied> {
  const { from, to } = ends;
  const tables = await matchTables(from, to);
  await refuseBroken(from);
  // An earlier command may have paused the writes, and may have been interrupted before it ended the pause.
  await from.log.resume();
  await from.log.start(tables);
  await to.writer.prepare();
  const copied = [...(await move.read()).copied];
  let rowsTotal = 0;
  let rowsLeft = 0;
  for (const table of tables) {
    const rows = await from.reader.count(table);
    rowsTotal += rows;
    if (!copied.includes(table.name)) rowsLeft += rows;
  }
  onEvent({ event: "step", step: "copy" });
  const count = countRows(rowsLeft, onEvent);
  const indexing: Promise<void>[] = [];
  const index = (table: CopyTable): void => {
    const built = to.writer.index(table);
    built.catch(() => undefined); // The promise is awaited below.
    indexing.push(built);
  };
  for (const table of tables) {
    if (copied.includes(table.name)) index(table);
    else {
      const onRows = (rows: number) => count(table.name, rows);
      await copyTable(ends, table, { onRows, onLoaded: () => index(table) });
      copied.push(table.name);
      await move.update({ copied });
    }
  }
  onEvent({ event: "step", step: "index" });
  await Promise.all(indexing);
  return { tables, rows: rowsTotal };
}

export async function refuseBroken(from: TableCopy): Promise<void> {
  const broken = await from.reader.brokenReference();
  if (broken === undefined) return;
  throw new AppError("CONFLICT", `A foreign key is broken: ${broken}.`, {
    hint: "Delete the row, or create the row that it refers to; then run the command again.",
  });
}

/**
 * Undoes a move that failed before the switch: allows writes again, and removes the log of changes,
 * the new database and the record of the move. If the move failed after the switch, changes
 * nothing.
 */
async function undo(deps: MoveDeps, move: HeldMove, own: BusinessCredentials): Promise<void> {
  const { step, credentials, engine } = await move.read();
  if (step === "switched") return;
  if (credentials !== undefined) {
    const from = await deps.openCopy(own);
    try {
      await from.log.resume();
      await from.log.end();
    } finally {
      await from.close();
    }
    await deps.provisionerOf(engine).drop(credentials);
  }
  await move.remove();
}

const notFinished = (): AppError =>
  new AppError("CONFLICT", "The business was moved, and still has its former database.", {
    hint: "Use --back to return to the former database, or --finish to delete it.",
  });

const alreadyThere = (engine: BusinessEngine): AppError =>
  new AppError("CONFLICT", `The database of this business is on ${engine} already.`, {
    hint: "A business moves between sqlite, postgres and neon.",
  });

const otherEngine = (engine: BusinessEngine): AppError =>
  new AppError("CONFLICT", `An interrupted move of this business goes to ${engine}.`, {
    hint: "First run the command with an address of that engine, or end the interrupted move with --cancel.",
  });

const notUndone = (cause: unknown, err: unknown): AppError =>
  new AppError("UNAVAILABLE", "The move failed, and its traces could not be removed yet.", {
    hint: "Run the command again, or remove the traces with --cancel.",
    cause: new AggregateError([err, cause]),
  });
