// Limits the number of queued and running generations per user, per business, and per IP address of guests. Also limits
// the minutes of music per guest.
import { createHmac } from "node:crypto";
import type { Transaction } from "kysely";
import type { UserCaller } from "../../accounts/caller.ts";
import type { Business } from "../../businesses/business.ts";
import type { MakingLimits } from "../../businesses/limits/making-limits.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { AppError } from "../../errors.ts";
import { activeStates } from "../generation-states.ts";
import { parseStoredOptions } from "../stored-options.ts";
import { refuseUsedUpMinutes } from "./guest-minutes.ts";

export interface Asking {
  readonly business: Business;
  readonly caller: UserCaller;
  /** The IP address of the request. If it is undefined, no limit per address applies. */
  readonly address: string | undefined;
  readonly durationSeconds: number;
  readonly isEndless: boolean;
  readonly limits: MakingLimits;
}

/**
 * Throws if a limit is reached. Call this function after `countRequested` in the same transaction, because the lock of
 * `countRequested` makes parallel requests of the business wait. Errors:
 * - UNAVAILABLE: the business has reached its limit.
 * - TOO_MANY_REQUESTS: the user or the address has reached a limit, or the user requests a second endless piece while
 *   the first one is queued or being made.
 *
 * For a guest whose address is known, returns the keyed hash of the address. The caller must store the hash with the
 * generation, because the limit per address counts the stored hashes. For all others, returns undefined.
 */
export async function refuseTooMany(
  trx: Transaction<BusinessTables>,
  asking: Asking,
): Promise<string | undefined> {
  const { business, caller, limits } = asking;
  const { concurrentGenerations } = business.limits;
  await refuseFullBusiness(
    trx,
    concurrentGenerations === undefined ? limits.ofBusiness : (concurrentGenerations ?? undefined),
  );
  await refuseBusyUser(trx, caller, business.limits.concurrentGenerationsPerUser);
  if (asking.isEndless) await refuseSecondEndless(trx, caller);
  if (!(await isGuest(trx, caller))) return undefined;
  await refuseUsedUpMinutes(trx, {
    userId: caller.userId,
    durationSeconds: asking.durationSeconds,
    guestMinutes: limits.guestMinutes,
  });
  if (asking.address === undefined) return undefined;
  const address = createHmac("sha256", business.signing.addresses)
    .update(asking.address)
    .digest("base64url")
    .slice(0, 22);
  await refuseBusyAddress(trx, address, limits.ofAddress);
  return address;
}

const inTheMaking = (trx: Transaction<BusinessTables>) =>
  trx
    .selectFrom("generations as g")
    .select((eb) => eb.fn.countAll<number | string>().as("count"))
    .where("g.state", "in", activeStates);

async function refuseFullBusiness(trx: Transaction<BusinessTables>, most: number | undefined): Promise<void> {
  if (most === undefined) return;
  const { count } = await inTheMaking(trx).executeTakeFirstOrThrow();
  if (Number(count) < most) return;
  throw new AppError(
    "UNAVAILABLE",
    `The limit of this business is reached: ${most} of its pieces are queued or being made.`,
    {
      hint: "Try again after the time in Retry-After.",
      retryAfterSeconds: 15,
    },
  );
}

async function refuseBusyUser(
  trx: Transaction<BusinessTables>,
  { userId }: UserCaller,
  most: number,
): Promise<void> {
  const { count } = await inTheMaking(trx).where("g.userId", "=", userId).executeTakeFirstOrThrow();
  if (Number(count) < most) return;
  throw new AppError(
    "TOO_MANY_REQUESTS",
    `Your limit is reached: ${most} of your pieces are queued or being made.`,
    {
      hint: "Wait until one is finished, or cancel one.",
      retryAfterSeconds: 5,
      details: { limit: "pieces" },
    },
  );
}

async function refuseSecondEndless(trx: Transaction<BusinessTables>, { userId }: UserCaller): Promise<void> {
  const active = await trx
    .selectFrom("generations")
    .select("options")
    .where("userId", "=", userId)
    .where("state", "in", activeStates)
    .execute();
  if (!active.some(({ options }) => parseStoredOptions(options)?.endless === true)) return;
  throw new AppError("TOO_MANY_REQUESTS", "An endless piece of yours is already being made.", {
    hint: "Stop it before you start another one.",
    retryAfterSeconds: 5,
    details: { limit: "endless" },
  });
}

async function refuseBusyAddress(
  trx: Transaction<BusinessTables>,
  address: string,
  most: number | undefined,
): Promise<void> {
  if (most === undefined) return;
  const { count } = await inTheMaking(trx)
    .innerJoin("generationOrigins as o", "o.generationId", "g.id")
    .where("o.address", "=", address)
    .executeTakeFirstOrThrow();
  if (Number(count) < most) return;
  throw new AppError(
    "TOO_MANY_REQUESTS",
    `The limit of your address is reached: ${most} pieces of guests at this address are queued or being made.`,
    {
      hint: "Wait until one is finished, or sign up.",
      retryAfterSeconds: 10,
      details: { limit: "guestPieces" },
    },
  );
}

export async function isGuest(trx: Transaction<BusinessTables>, { userId }: UserCaller): Promise<boolean> {
  const user = await trx.selectFrom("users").select("kind").where("id", "=", userId).executeTakeFirst();
  return user?.kind === "guest";
}
