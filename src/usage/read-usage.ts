// Reads the usage of a business per day, or per day and user.
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import { AppError } from "../errors.ts";
import { spanOf } from "./periods.ts";
import { everyoneId } from "./usage-counts.ts";

export interface UsageSearch {
  /** The first day (UTC), for example 2026-11-01. The default is the first day of the current month. */
  readonly from?: string | undefined;
  /** The last day, which is included. The default is the last day of the current month. */
  readonly to?: string | undefined;
  /** If true, there is a row for each user and day. Otherwise there is a row for each day. Ignored with `userId`. */
  readonly byUser?: boolean | undefined;
  /** Only the rows of this user are returned. */
  readonly userId?: string | undefined;
}

export interface UsageRow {
  readonly day: string;
  /**
   * Null in a row for all users together. "(business)" stands for the business's servers and for listeners without an
   * account, and "(deleted)" for deleted users.
   */
  readonly userId: string | null;
  readonly generations: number;
  /** The length of the generated sound. */
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

/**
 * Returns no row for a day without usage. Throws INVALID_PARAMETER if a day is not a date, if the first day is after
 * the last day, or if there are too many days or rows.
 */
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
      .limit(rowsMax + 1);
    if (search.userId !== undefined) found = found.where("userId", "=", search.userId);
    else found = found.where("userId", search.byUser === true ? "!=" : "=", everyoneId);
    return found.execute();
  });
  if (rows.length > rowsMax) throw tooManyRows();
  const items = rows.map((row) => ({
    ...{ day: row.day, userId: row.userId === everyoneId ? null : row.userId },
    ...{ generations: Number(row.generations), seconds: Math.round(Number(row.soundMs) / 100) / 10 },
    ...{ storedBytes: Number(row.storedBytes), servedBytes: Number(row.servedBytes) },
    queries: Number(row.queries),
  }));
  return { from, to, items };
}

const tooManyRows = (): AppError =>
  new AppError("INVALID_PARAMETER", "The usage of these days has more than 100,000 rows.", {
    hint: "Ask for fewer days, or for one user.",
  });

function refuseBadDays(from: string, to: string): void {
  const faults = [
    ["from", from],
    ["to", to],
  ].flatMap(([at = "", day = ""]) =>
    isDay(day) ? [] : [{ at, message: "It is not a date such as 2026-11-29." }],
  );
  if (faults.length === 0 && from > to) faults.push({ at: "from", message: "It is after the last day." });
  if (faults.length === 0 && Date.parse(to) - Date.parse(from) >= daysMax * 86_400_000)
    faults.push({ at: "to", message: `At most ${daysMax} days can be asked for at a time.` });
  if (faults.length === 0) return;
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", { faults });
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;
