// Lets a business write again after the command that moves the business to another engine was
// killed. The command pauses the writes shortly before it switches the business to the new
// database. If the command is killed between the pause and the switch, the pause never ends by
// itself.
import type { BusinessEngine } from "../../ports/business-provisioner/business-provisioner.ts";
import type { MoveDeps } from "./move-business.ts";
import { findMovedBusiness, holdMove, released } from "./move-record.ts";

export type ResumeWritesDeps = Pick<MoveDeps, "control" | "sealing" | "openCopy">;

/**
 * A command that works on a move has the exclusive right to do so until the time `heldUntil`, which
 * the command postpones every second. A move counts as interrupted if its `heldUntil` is more than
 * this number of milliseconds ago.
 */
const abandonedMs = 30_000;

/**
 * Resumes the writes of all businesses whose move was interrupted before the switch, and calls
 * `onResumed` with the slug of each business whose writes were resumed. The interrupted command can
 * be run again, and then continues its move. If the writes of a business can't be resumed, the other
 * businesses are still tried. At the end, this function throws an AggregateError with one error for
 * each business whose writes could not be resumed.
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
 * If the move has ended or has reached the switch meanwhile, returns false and leaves the writes as they are. After a
 * failure, a later sweep finds the move again.
 */
async function resumeWritesOf(
  deps: ResumeWritesDeps,
  slug: string,
  engine: BusinessEngine,
): Promise<boolean> {
  const business = await findMovedBusiness(deps, slug);
  // This call takes the exclusive right to the move. So the interrupted command can't switch the business any more,
  // even if it is still running.
  const move = await holdMove(deps, business, engine);
  try {
    const { step, credentials } = await move.read();
    const isPaused = step === "copying" || step === "returning";
    if (isPaused) {
      const own = await deps.openCopy(business.credentials);
      await own.log.resume().finally(() => own.close());
    }
    // Another command has ended the move meanwhile, so `holdMove` has created a new record.
    if (step === "begun" && credentials === undefined) await move.remove();
    await move.release();
    return isPaused;
  } catch (err) {
    move.letExpire();
    throw err;
  }
}
