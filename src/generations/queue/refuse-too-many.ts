// Limits queued and running generations per user, per guest address and per business, and the minutes of music per guest.
import { createHmac } from "node:crypto";
import type { Transaction } from "kysely";
import type { UserCaller } from "../../accounts/caller.ts";
import type { Business } from "../../businesses/business.ts";
import type { MakingLimits } from "../../businesses/limits/making-limits.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { counted } from "../../counted.ts";
import { AppError } from "../../errors.ts";
import { activeStates } from "../generation-states.ts";
import { parseStoredOptions } from "../stored-options.ts";

export interface Asking {
  readonly business: Business;
  readonly caller: UserCaller;
  /** The IP address of the request, if it is known. */
  readonly address: string | undefined;
  readonly durationSeconds: number;
  readonly isEndless: boolean;
  readonly limits: MakingLimits;
}

/**
 * Returns the keyed hash of a guest's address, which has to be stored. Errors: UNAVAILABLE when the business has
 * reached its limit, TOO_MANY_REQUESTS when the caller has reached a limit.
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
  await refuseUsedUpMinutes(trx, asking);
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
  throw new AppError("UNAVAILABLE", `${most} pieces are already being made here, which is the limit.`, {
    hint: "Try again after the time in Retry-After.",
    retryAfterSeconds: 15,
  });
}

async function refuseBusyUser(
  trx: Transaction<BusinessTables>,
  { userId }: UserCaller,
  most: number,
): Promise<void> {
  const { count } = await inTheMaking(trx).where("g.userId", "=", userId).executeTakeFirstOrThrow();
  if (Number(count) < most) return;
  throw new AppError("TOO_MANY_REQUESTS", `${most} of your pieces are already being made.`, {
    hint: "Wait until one is finished, or cancel one.",
    retryAfterSeconds: 5,
    details: { limit: "pieces" },
  });
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
    `${most} pieces are already being made for guests from your address.`,
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

/** The maximum difference between the clocks of two machines. */
const clocksApartMs = 60_000;

async function refuseUsedUpMinutes(
  trx: Transaction<BusinessTables>,
  { caller, durationSeconds, limits: { guestMinutes } }: Asking,
): Promise<void> {
  if (guestMinutes === undefined) return;
  const windowMs = guestMinutes.windowSeconds * 1_000;
  const { seconds, first } = await trx
    .selectFrom("generations")
    .select((eb) => [
      eb.fn.sum<number | string | null>("durationSeconds").as("seconds"),
      eb.fn.min("createdAt").as("first"),
    ])
    .where("userId", "=", caller.userId)
    .where("createdAt", ">", new Date(Date.now() - windowMs).toISOString())
    // Requests with a future time are left out. A clock that was ahead may have stored them, and they would otherwise be included until that time.
    .where("createdAt", "<", new Date(Date.now() + clocksApartMs).toISOString())
    .executeTakeFirstOrThrow();
  if (Number(seconds ?? 0) + durationSeconds <= guestMinutes.quota * 60) return;
  const left = Math.max(0, guestMinutes.quota - Number(seconds ?? 0) / 60);
  const untilMs = first === null ? windowMs : Date.parse(first) + windowMs - Date.now();
  throw new AppError(
    "TOO_MANY_REQUESTS",
    `A guest can make ${counted(guestMinutes.quota, "minute")} of music ${inWindow(guestMinutes.windowSeconds)}; ${leftOf(left)}.`,
    {
      hint: `${left >= 1 / 6 ? "Choose a shorter piece, or sign up" : "Sign up"} to go on now. More is possible from ${timeOf(Date.now() + untilMs)}.`,
      retryAfterSeconds: Math.max(1, Math.ceil(untilMs / 1_000)),
      details: { limit: "guestMinutes" },
    },
  );
}

/** Formats a duration, for example "a day", "an hour" or "in 90 minutes". */
function inWindow(seconds: number): string {
  if (seconds === 86_400) return "a day";
  if (seconds === 3_600) return "an hour";
  return seconds % 3_600 === 0 ? `in ${seconds / 3_600} hours` : `in ${Math.ceil(seconds / 60)} minutes`;
}

const leftOf = (minutes: number): string =>
  minutes === 0 ? "none are left" : `${minutes.toFixed(1).replace(/\.0$/, "")} of them are left`;

/** Formats an instant, for example "2026-11-29 14:30 UTC". */
const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
