// Parses changes of limits from the command line, such as writes=6000/1m.
import { InvalidArgumentError } from "commander";
import type { LimitChanges } from "../../businesses/limits/limit-changes.ts";
import { limitChangesSchema } from "../../businesses/limits/limit-changes.ts";
import { findDurationMs } from "../../config/durations.ts";

const rates = ["writes", "generations", "business", "address"];
/** Matches the name of a quota, as in user-generations=10/day,100/month. */
const quotaName = /^(business|user|guest)-(generations|seconds|storedBytes|servedBytes|queries)$/;
const counts: Readonly<Record<string, string>> = {
  "pieces-per-user": "concurrentGenerationsPerUser",
  pieces: "concurrentGenerations",
};

/**
 * If two changes name the same limit, the later one applies. A quota's limit per day and its limit per month are two
 * different limits. Throws InvalidArgumentError for an invalid change. The message of the error says what is allowed.
 */
export function parseLimitChanges(changes: readonly string[]): LimitChanges {
  const limits: Record<string, unknown> = {};
  const rateChanges: Record<string, unknown> = {};
  const quotas: Record<string, Record<string, unknown>> = {};
  for (const change of changes) {
    const [, name = "", value = ""] = /^([A-Za-z-]+)=(.+)$/.exec(change) ?? [];
    if (rates.includes(name)) rateChanges[name] = rateOf(change, value);
    else if (quotaName.test(name)) {
      const [, of = "", metric = ""] = quotaName.exec(name)!;
      const earlier = quotas[of]?.[metric] as object | undefined;
      quotas[of] = { ...quotas[of], [metric]: { ...earlier, ...quotaOf(change, value) } };
    } else if (counts[name] !== undefined) limits[counts[name]] = countOf(change, name, value);
    else
      throw new InvalidArgumentError(
        `"${change}" has to begin with ${[...rates, ...Object.keys(counts)].join("=, ")}=, or with a quota such as user-generations=.`,
      );
  }
  const checked = limitChangesSchema.safeParse({ ...limits, rates: rateChanges, quotas });
  if (checked.success) return checked.data;
  throw new InvalidArgumentError(checked.error.issues.map(({ message }) => message).join(" "));
}

/** Parses a rate. The duration is rounded up to whole seconds. */
function rateOf(change: string, value: string) {
  if (value === "off") return null;
  if (value === "default") return value;
  const [, quota = "0", window = ""] = /^(\d{1,9})\/(\w+)$/.exec(value) ?? [];
  const windowMs = findDurationMs(window) ?? 0;
  if (Number(quota) > 0 && windowMs > 0)
    return { quota: Number(quota), windowSeconds: Math.ceil(windowMs / 1000) };
  throw new InvalidArgumentError(
    `"${change}" needs a number per duration such as 600/1m, or "off", or "default".`,
  );
}

/** Parses a quota. If the value names only the day or only the month, the limit of the other period doesn't change. */
function quotaOf(change: string, value: string) {
  if (value === "off") return { day: null, month: null };
  const quota: Record<string, number> = {};
  for (const part of value.split(",")) {
    const [, most, per] = /^(\d{1,15})\/(day|month)$/.exec(part) ?? [];
    if (most === undefined || per === undefined)
      throw new InvalidArgumentError(
        `"${change}" needs a number per day or month such as 10/day,100/month, or "off".`,
      );
    quota[per] = Number(most);
  }
  return quota;
}

/**
 * Parses the value of a limit in `counts`. The limit pieces-per-user can't be switched off, because one user must not
 * fill the queue of a business.
 */
function countOf(change: string, name: string, value: string) {
  const isRemovable = name !== "pieces-per-user";
  if (value === "off" && isRemovable) return null;
  if (value === "default") return value;
  if (/^\d{1,7}$/.test(value) && Number(value) <= 1_000_000) return Number(value);
  throw new InvalidArgumentError(
    `"${change}" needs a whole number up to 1000000, ${isRemovable ? 'or "off", ' : ""}or "default".`,
  );
}
