// Limits the minutes of music that a guest can make within a time window.
import type { Transaction } from "kysely";
import type { MakingLimits } from "../../businesses/limits/making-limits.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { counted } from "../../counted.ts";
import { AppError } from "../../errors.ts";

interface WantedMinutes {
  readonly userId: string;
  /** The length of the new piece. */
  readonly durationSeconds: number;
  readonly guestMinutes: MakingLimits["guestMinutes"];
}

/** The assumed maximum difference between the clocks of two machines. */
const clocksApartMs = 60_000;

/**
 * Throws TOO_MANY_REQUESTS if the new piece would exceed the guest's minutes. The requested length
 * of every piece in the window counts, even if its generation failed or was cancelled. A
 * purged piece doesn't count. The caller must check that the user is a guest.
 */
export async function refuseUsedUpMinutes(
  trx: Transaction<BusinessTables>,
  { userId, durationSeconds, guestMinutes }: WantedMinutes,
): Promise<void> {
  if (guestMinutes === undefined) return;
  const windowMs = guestMinutes.windowSeconds * 1_000;
  const { seconds, first } = await trx
    .selectFrom("generations")
    .select((eb) => [
      eb.fn.sum<number | string | null>("durationSeconds").as("seconds"),
      eb.fn.min("createdAt").as("first"),
    ])
    .where("userId", "=", userId)
    .where("createdAt", ">", new Date(Date.now() - windowMs).toISOString())
    // A generation with a time in the future was stored while a machine's clock was ahead. It would count for longer
    // than the window. So it is left out if its time is more than `clocksApartMs` in the future.
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
