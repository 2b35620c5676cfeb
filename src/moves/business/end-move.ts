// Ends a move in one of three ways: `moveBack` returns the business to its former database, `finishMove` deletes the
// former database, and `cancelMove` cancels a move that was interrupted before the switch. All three
// throw NOT_FOUND for an unknown business, and CONFLICT in these cases: there is no move, the present step of the move
// does not allow the call, or another command works on the move or has just changed it.
import { AppError } from "../../errors.ts";
import type { CopyEnds } from "./copy/copy-table.ts";
import { migrateFormer } from "./copy/migrate-former.ts";
import { announceMsDefault, copyAll, type MoveDeps, type MoveReport } from "./move-business.ts";
import {
  findMove,
  findMovedBusiness,
  hasChanged,
  type HeldMove,
  holdMove,
  type Move,
  type MovedBusiness,
} from "./move-record.ts";
import { switchOver } from "./switch-over.ts";
import { openEnds } from "./copy/open-ends.ts";

/**
 * Updates the former database with all writes since the move, and switches the business back to it. The two databases
 * have then changed their roles, so another call of `moveBack` switches again. If an error occurs before the switch,
 * the business stays on its present database, and writes are allowed again. If the process is killed before the switch,
 * the next call continues. Also throws the errors of `switchOver`.
 */
export async function moveBack(deps: MoveDeps, actor: string, slug: string): Promise<MoveReport> {
  const startedAt = performance.now();
  const { business, move, found } = await holdExisting(deps, slug, ["switched", "returning"]);
  let ends: CopyEnds | undefined;
  try {
    deps.onEvent({ event: "step", step: "prepare" });
    if (found.step === "switched") await move.update({ step: "returning" });
    ends = await openEnds(deps.openCopy, { from: business.credentials, to: found.credentials! });
    const isCopiedAgain = await migrateFormer(deps, { move, former: found.credentials!, ends });
    const { tables, rows } = await copyAll(deps, move, ends);
    const { announceMs = announceMsDefault, onEvent } = deps;
    const pauseMs = await switchOver({ ends, tables, move, actor, announceMs, onEvent });
    onEvent({ event: "step", step: "check" });
    await ends.from.log.end();
    await ends.to.writer.validate();
    return {
      rows: isCopiedAgain ? rows : 0,
      tables: tables.length,
      pauseMs,
      totalMs: performance.now() - startedAt,
    };
  } catch (err) {
    await stayMoved(move, found, ends).catch((cause: unknown) => {
      throw notUndone(cause, err);
    });
    throw err;
  } finally {
    await Promise.allSettled([ends?.from.close(), ends?.to.close(), move.release()]);
  }
}

/** Undoes a return that failed before the switch: allows writes again. The business can still return later. */
async function stayMoved(move: HeldMove, { engine }: Move, ends: CopyEnds | undefined): Promise<void> {
  if ((await move.read()).credentials?.engine !== engine) return;
  await ends?.from.log.resume();
  await move.update({ step: "switched" });
}

/**
 * Deletes the former database. Afterwards the business can't return, and changes are no longer
 * logged. Also throws CONFLICT if previews depend on the former database. After an error, the call can
 * be repeated. If the error occurred before the deletion, the business can still return.
 */
export async function finishMove(deps: MoveDeps, slug: string): Promise<void> {
  const { business, move, found } = await holdExisting(deps, slug, ["switched"]);
  try {
    await refusePreviewed(deps, business, found);
    // The former database is deleted first, and the log of changes ends afterwards. If the deletion fails, the business
    // can still return, and a return needs the log.
    await deps.provisionerOf(found.engine).drop(found.credentials!);
    const own = await deps.openCopy(business.credentials);
    try {
      await own.log.end();
      await own.log.resume();
    } finally {
      await own.close();
    }
    await move.remove();
  } finally {
    await move.release();
  }
}

/**
 * Throws CONFLICT if the former database is on Neon and has previews. On Neon, the database is a branch and each of its
 * previews is a branch of this branch. Neon can't delete a branch that has branches. On the other engines a preview is
 * a separate database.
 */
async function refusePreviewed(
  { control }: MoveDeps,
  { id, slug }: MovedBusiness,
  { engine }: Move,
): Promise<void> {
  if (engine !== "neon") return;
  const previews = await control.kysely
    .selectFrom("previews")
    .select("id")
    .where("businessId", "=", id)
    .where("engine", "=", engine)
    .execute();
  if (previews.length > 0) throw hasPreviews(slug, previews[0]!.id);
}

/**
 * Cancels a move that was interrupted before the switch: allows writes again, ends the log of changes, and deletes the
 * new database and the record of the move. The business stays on its present database.
 */
export async function cancelMove(deps: MoveDeps, slug: string): Promise<void> {
  const { business, move, found } = await holdExisting(deps, slug, ["begun", "copying"]);
  try {
    const own = await deps.openCopy(business.credentials);
    try {
      await own.log.resume();
      await own.log.end();
    } finally {
      await own.close();
    }
    const { engine } = found;
    await deps.provisionerOf(engine).dropEvery({ engine, businessId: business.id });
    await move.remove();
  } finally {
    await move.release();
  }
}

interface Held {
  readonly business: MovedBusiness;
  readonly move: HeldMove;
  readonly found: Move;
}

async function holdExisting(deps: MoveDeps, slug: string, steps: readonly Move["step"][]): Promise<Held> {
  const business = await findMovedBusiness(deps, slug);
  const known = await findMove(deps, business.id);
  if (known === undefined || !steps.includes(known.step)) throw noSuchMove(known);
  const move = await holdMove(deps, business, known.engine);
  const found = await move.read();
  if (found.changedAtMs === known.changedAtMs) return { business, move, found };
  // While this command waited in `holdMove`, another command has changed the step of the move, or has ended the move.
  // If the move was ended, `holdMove` has created a new record, which is removed here.
  if (found.step === "begun" && found.credentials === undefined) await move.remove();
  await move.release();
  throw hasChanged();
}

const notUndone = (cause: unknown, err: unknown): AppError =>
  new AppError("UNAVAILABLE", "The return failed, and its traces could not be removed yet.", {
    hint: "Run the command with --back again. If it fails before the switch, the business stays on its present database.",
    cause: new AggregateError([err, cause]),
  });

const hasPreviews = (slug: string, previewId: string): AppError =>
  new AppError("CONFLICT", "The former branch has previews, so it can't be deleted yet.", {
    hint: `End each of them, for example with \`rondo business preview ${slug} end ${previewId}\`, and repeat --finish. Expired ones are removed by the worker.`,
  });

const noSuchMove = (known: Move | undefined): AppError =>
  known === undefined
    ? new AppError("CONFLICT", "This business has no move that could be ended or undone.")
    : new AppError("CONFLICT", `This is not possible at the present step of the move: ${known.step}.`, {
        hint: "After the switch, use --back or --finish. Before the switch, use --cancel. If a --back was interrupted, run it again.",
      });
