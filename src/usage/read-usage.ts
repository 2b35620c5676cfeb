// Reads the usage of a business by day, and by user if wanted.
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import { AppError } from "../errors.ts";
import { spanOf } from "./periods.ts";
import { everyoneId } from "./usage-counts.ts";

export interface UsageSearch {
  /** The first and the last day, such as 2026-11-01. By default those of this month. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** A row for each user and day, in place of a row for each day. */
  readonly byUser?: boolean | undefined;
  readonly userId?: string | undefined;
}

export interface UsageRow {
  readonly day: string;
  /** Null for all users together. "(business)": the business's servers, and listeners without an account. "(deleted)": deleted users. */
  readonly userId: string | null;
  readonly generations: number;
  readonly seconds: number;
  readonly storedBytes: number;
  readonly servedBytes: number;
  readonly queries: number;
}

export interface UsageReport {
  readonly from: string;
  readonly to: string;
  readonly items: readonly UsageRow[];
}

const daysMax = 366;
const rowsMax = 100_000;

/** Days without usage have no row. INVALID_PARAMETER for days that are not dates, or too many. */
export async function readUsage(
  { databases }: { readonly databases: OpenDatabases },
  businessId: string,
  search: UsageSearch,
  nowMs = Date.now(),
): Promise<UsageReport> {
  const month = spanOf("month", nowMs);
  const [from, to] = [search.from ?? month.from, search.to ?? month.to];
  refuseBadDays(from, to);
  const rows = await databases.use(businessId, ({ kysely }) => {
    let found = kysely
      .selectFrom("usageCounts")
      .selectAll()
      .where("day", ">=", from)
      .where("day", "<=", to)
      .orderBy("day")
      .orderBy("userId")
      .limit(rowsMax);
    if (search.userId !== undefined) found = found.where("userId", "=", search.userId);
    else found = found.where("userId", search.byUser === true ? "!=" : "=", everyoneId);
    return found.execute();
  });
  const items = rows.map((row) => ({
    ...{ day: row.day, userId: row.userId === everyoneId ? null : row.userId },
    ...{ generations: Number(row.generations), seconds: Math.round(Number(row.soundMs) / 100) / 10 },
    ...{ storedBytes: Number(row.storedBytes), servedBytes: Number(row.servedBytes) },
    queries: Number(row.queries),
  }));
  return { from, to, items };
}

function refuseBadDays(from: string, to: string): void {
  const faults = [
    ["from", from],
    ["to", to],
  ].flatMap(([at = "", day = ""]) =>
    isDay(day) ? [] : [{ at, message: "It is not a date such as 2026-11-29." }],
  );
  if (faults.length === 0 && from > to) faults.push({ at: "from", message: "It is after the last day." });
  if (faults.length === 0 && Date.parse(to) - Date.parse(from) > daysMax * 86_400_000)
    faults.push({ at: "to", message: `At most ${daysMax} days can be asked for at a time.` });
  if (faults.length === 0) return;
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", { faults });
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;
