// Creates the error for a request above a quota. The error contains the start of the next period.
// This file also stores the event `quota.reached` for the webhooks of the business, at most once per
// quota and period.
import { createHash } from "node:crypto";
import type { Metric, Period, QuotaLimit } from "../businesses/limits/quotas.ts";
import type { PromisingTransaction } from "../businesses/outbox/promising.ts";
import { AppError } from "../errors.ts";
import { promiseEvent } from "../webhooks/promise-event.ts";
import { spanOf } from "./periods.ts";

export interface Reached extends QuotaLimit {
  readonly of: "business" | "user";
  /** Null for a quota of the whole business. */
  readonly userId: string | null;
  /** The used amount, in the unit of the metric. */
  readonly used: number;
}

const nouns: Readonly<Record<Metric, readonly [string, string]>> = {
  generations: ["piece", "pieces"],
  seconds: ["second of music", "seconds of music"],
  storedBytes: ["byte of stored music", "bytes of stored music"],
  servedBytes: ["byte of music heard or downloaded", "bytes of music heard or downloaded"],
  queries: ["query", "queries"],
};
const nows: Readonly<Record<Period, string>> = { day: "today", month: "this month" };

/** `asked` is the amount that the request needs, in the unit of the metric. */
export function quotaReached(reached: Reached, asked: number, nowMs: number): AppError {
  const { of, metric, per, limit, used, userId } = reached;
  const { resetsAt } = spanOf(per, nowMs);
  const left = Math.max(0, limit - used);
  const [one, many] = nouns[metric];
  const whose = of === "user" ? "You have used" : "This business has used";
  const rest = asked > 1 && left > 0 ? `, and this request needs ${number(asked)}` : "";
  return new AppError(
    "QUOTA_REACHED",
    `${whose} ${number(used)} of ${number(limit)} ${limit === 1 ? one : many} ${nows[per]}${rest}.`,
    {
      hint: `The count starts again at ${resetsAt.slice(0, 16).replace("T", " ")} UTC.`,
      retryAfterSeconds: Math.max(1, Math.ceil((Date.parse(resetsAt) - nowMs) / 1000)),
      details: { of, ...(userId === null ? {} : { userId }), metric, per, limit, used, resetsAt },
    },
  );
}

const number = (value: number): string => Math.round(value).toLocaleString("en");

/**
 * Stores the event `quota.reached`. Does nothing if the event is already stored for this quota and
 * period, or if no active endpoint subscribes to the event. If the limit of the quota is changed
 * within the period, no second event is stored, because the event's id does not depend on the limit.
 */
export async function promiseReached(
  trx: PromisingTransaction,
  businessId: string,
  { of, userId, metric, per, limit, used }: Reached,
  nowMs: number,
): Promise<void> {
  const { from, resetsAt } = spanOf(per, nowMs);
  const name = [businessId, of, userId ?? "", metric, per, from].join("\n");
  const id = `msg_${createHash("sha256").update(name).digest("base64url").slice(0, 32)}`;
  const data = { of, userId, metric, per, limit, used: Math.round(used), resetsAt };
  await promiseEvent(trx, businessId, { id, type: "quota.reached", data });
}

/** Returns the quota of a QUOTA_REACHED error; undefined for any other error. */
export function reachedOf(err: unknown): Reached | undefined {
  if (!(err instanceof AppError) || err.code !== "QUOTA_REACHED") return undefined;
  const details = err.details as Omit<Reached, "userId"> & { readonly userId?: string };
  return { ...details, userId: details.userId ?? null };
}
