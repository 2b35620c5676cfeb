// Erases the accounts whose grace period is over.
import { sweepDue, type SweepDueDeps } from "../../businesses/due/sweep-due.ts";
import type { CancelGenerationDeps } from "../../generations/cancel-generation.ts";
import type { Log } from "../../process/log.ts";
import { stopGenerations } from "./close-account.ts";
import { eraseUser, type EraseUserDeps } from "./erase-user.ts";

export interface SweepDeletedAccountsDeps extends EraseUserDeps, CancelGenerationDeps, SweepDueDeps {
  readonly accountGraceDays: number;
  readonly log: Pick<Log, "warn" | "error">;
}

const dayMs = 86_400_000;
/**
 * The maximum difference between the clocks of two machines, in milliseconds. On a machine whose clock is behind, an
 * account can still be restored for this time after the end of the grace period. So the account is erased only when this
 * time has passed, too.
 */
const clocksApartMs = 60_000;
/** The time limit for one business, in milliseconds. The next sweep erases the rest. */
const limitMs = 300_000;

/**
 * Erases the accounts, and returns how many were erased. If an account can't be erased, the failure is logged and
 * recorded, the other accounts are erased nevertheless, and a later sweep tries again.
 *
 * The sweep also stops the generations of all closed accounts. Such generations can exist, because another process can
 * still have a session in its cache, and can start a generation with it for up to five seconds after the closing.
 */
export async function sweepDeletedAccounts(
  deps: SweepDeletedAccountsDeps,
  signal: AbortSignal,
  nowMs = Date.now(),
): Promise<number> {
  let erased = 0;
  const sweepOne = async (businessId: string, stop: AbortSignal): Promise<number | undefined> => {
    const closed = await deps.databases.use(businessId, ({ kysely }) =>
      kysely
        .selectFrom("users")
        .select(["id", "deleteAfter"])
        .where("deleteAfter", "is not", null)
        .orderBy("deleteAfter")
        .execute(),
    );
    const failures: unknown[] = [];
    let nextMs: number | undefined;
    for (const { id: userId, deleteAfter } of closed) {
      if (stop.aborted) {
        nextMs = nowMs;
        break;
      }
      const caller = { kind: "user", businessId, userId } as const;
      const eraseMs = Date.parse(deleteAfter!) + clocksApartMs;
      try {
        await stopGenerations(deps, caller);
        if (eraseMs <= nowMs) {
          await eraseUser(deps, caller);
          erased += 1;
        } else nextMs ??= eraseMs;
      } catch (err) {
        failures.push(err);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "Some accounts could not be erased.");
    return nextMs;
  };
  const furthestMs = deps.accountGraceDays * dayMs + clocksApartMs;
  await sweepDue(deps, { kind: "accounts", furthestMs, limitMs, sweepOne }, signal, nowMs);
  return erased;
}
