// Resumes the writes of businesses after an interrupted move to another engine. The command that
// moves a business pauses its writes shortly before it switches the business to the new database.
// If the command is killed between the pause and the switch, the writes stay paused until this file
// resumes them.
import type { BusinessEngine } from "../../ports/business-provisioner/business-provisioner.ts";
import type { MoveDeps } from "./move-business.ts";
import { findMovedBusiness, holdMove, released } from "./move-record.ts";

export type ResumeWritesDeps = Pick<MoveDeps, "control" | "sealing" | "openCopy">;

/**
 * While a command works on a move, the command holds a lock until the time `heldUntil`, and postpones
 * this time every second. If `heldUntil` is more than this number of milliseconds ago, the move
 * counts as interrupted.
 */
const abandonedMs = 30_000;

/**
 * Resumes the writes of all businesses whose move was interrupted before the switch. Calls
 * `onResumed` with the slug of each business whose writes were resumed. If the interrupted command is
 * run again, it continues the move. A failure for one business does not stop the others. After the
 * last business, throws an AggregateError with one error for each failure.
 */
export async function resumeWrites(
  deps: ResumeWritesDeps,
  nowMs = Date.now(),
  onResumed: (slug: string) => void = () => undefined,
): Promise<void> {
  const abandoned = await deps.control.kysely
    .selectFrom("businessMoves as m")
    .innerJoin("businesses as b", "b.id", "m.businessId")
    .select(["b.slug", "m.engine"])
    .where("m.step", "in", ["copying", "returning"])
    .where("m.heldUntil", ">", released)
    .where("m.heldUntil", "<", new Date(nowMs - abandonedMs).toISOString())
    .execute();
  const failures: unknown[] = [];
  for (const { slug, engine } of abandoned) {
    try {
      if (await resumeWritesOf(deps, slug, engine)) onResumed(slug);
    } catch (err) {
      failures.push(err);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "The writes of a business stay paused.");
}

/**
 * Returns whether the writes were resumed. They are not resumed if the move has meanwhile ended or reached the switch.
 * After a failure, a later sweep finds the move again.
 */
async function resumeWritesOf(
  deps: ResumeWritesDeps,
  slug: string,
  engine: BusinessEngine,
): Promise<boolean> {
  const business = await findMovedBusiness(deps, slug);
  // This call takes the lock of the move. If the command is still running, it has lost the lock, so it can't switch the
  // business any more.
  const move = await holdMove(deps, business, engine);
  try {
    const { step, credentials } = await move.read();
    const isPaused = step === "copying" || step === "returning";
    if (isPaused) {
      const own = await deps.openCopy(business.credentials);
      await own.log.resume().finally(() => own.close());
    }
    // If another command ended the move before the call of `holdMove`, it removed the record of the move. Then `holdMove`
    // created a new, empty record, which is removed here.
    if (step === "begun" && credentials === undefined) await move.remove();
    await move.release();
    return isPaused;
  } catch (err) {
    move.letExpire();
    throw err;
  }
}
