// Closes the account of a member: hides the member's content, makes all credentials of the member invalid, and stops
// the member's generations. The content is not changed, so that the account can be restored until the grace period is
// over.
import { notFound } from "../../errors.ts";
import { cancelGeneration, type CancelGenerationDeps } from "../../generations/cancel-generation.ts";
import { activeStates } from "../../generations/generation-states.ts";
import type { MailLanguage } from "../../jobs/mail-job.ts";
import type { Generator } from "../../ports/generator/generator.ts";
import type { UserCaller } from "../caller.ts";
import { mailSweep, requestMail } from "../mail/request-mail.ts";
import { revokeSessions, type Sessions } from "../sessions/sessions.ts";

export interface CloseAccountDeps extends CancelGenerationDeps {
  readonly generator?: Pick<Generator, "name" | "health">;
  readonly sessions: Sessions;
  /** The number of days for which a deleted account can be restored. */
  readonly accountGraceDays: number;
  /**
   * Is called after the account is closed. Empties this process's cache of facts about versions. The process uses this
   * cache when it serves sound.
   */
  forgetSounds(): void;
}

export interface ClosedAccount {
  readonly userId: string;
  /** The time after which the account is erased (RFC 3339). */
  readonly deleteAfter: string;
}

const dayMs = 86_400_000;

/**
 * Closes the account. From then on, the sessions and tokens of the user and the links to the user's music are refused:
 * immediately by this process, and within five seconds by other processes. The user gets a mail that says how to undo
 * the deletion, in the language `mailLanguage`. If `mailLanguage` is undefined, no mail is sent. A second call doesn't
 * change `deleteAfter` and sends no mail. Throws NOT_FOUND if the user doesn't exist.
 */
export async function closeAccount(
  deps: CloseAccountDeps,
  caller: UserCaller,
  { mailLanguage }: { readonly mailLanguage?: MailLanguage | undefined },
): Promise<ClosedAccount> {
  const { businessId, userId } = caller;
  const now = new Date();
  const { deleteAfter, endedIds } = await deps.databases.use(businessId, (database) =>
    database.promising(["accounts", ...mailSweep], async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable("users")
        .set({ deleteAfter: new Date(now.getTime() + deps.accountGraceDays * dayMs).toISOString() })
        .where("id", "=", userId)
        .where("deleteAfter", "is", null)
        .executeTakeFirstOrThrow();
      const closed = await trx
        .selectFrom("users")
        .select("deleteAfter")
        .where("id", "=", userId)
        .executeTakeFirst();
      if (!closed?.deleteAfter) throw notFound("user");
      if (numUpdatedRows > 0n && mailLanguage !== undefined)
        await requestMail(trx, { businessId, userId, language: mailLanguage, kinds: ["account-deleted"] });
      const ended = await revokeSessions(trx, userId, now.toISOString());
      return { deleteAfter: closed.deleteAfter, endedIds: ended };
    }),
  );
  deps.sessions.forget(businessId, { ids: endedIds, userId });
  deps.forgetSounds();
  // An error is only logged, because the account is already closed. The sweep of deleted accounts tries again to stop
  // the generations.
  await stopGenerations(deps, caller).catch((err: unknown) =>
    deps.log.error({ err, businessId }, "the generations of a closed account can't be stopped now"),
  );
  return { userId, deleteAfter };
}

/**
 * Cancels the queued and running generations of the user, one after the other. An endless piece
 * that has begun is completed instead. If one cancellation fails, the later ones are not tried.
 */
export async function stopGenerations(deps: CancelGenerationDeps, caller: UserCaller): Promise<void> {
  const rows = await deps.databases.use(caller.businessId, ({ kysely }) =>
    kysely
      .selectFrom("generations")
      .select("id")
      .where("userId", "=", caller.userId)
      .where("state", "in", activeStates)
      .execute(),
  );
  for (const { id } of rows) await cancelGeneration(deps, caller, id);
}
