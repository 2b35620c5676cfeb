// Manages the index of businesses with due work. The index is in the control database, so that sweeps don't have to
// open idle businesses.
import { v7 as uuidv7 } from "uuid";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables, DueKind } from "../tables/control-schema.ts";

/** Rows are always written in this order, so that two concurrent calls of `mark` don't deadlock. */
export const dueKinds: readonly DueKind[] = ["generations", "tiers", "trash", "orphans", "accounts"];

export interface DueBusiness {
  readonly businessId: string;
  readonly slug: string;
  readonly kind: DueKind;
  /** Identifies the latest call of `mark`, so that a sweep notices if the business was marked again. */
  readonly mark: string;
  readonly dueAt: string;
  /** The time when a sweep first settled this mark. Undefined if no sweep has settled it yet. */
  readonly seenAtMs: number | undefined;
}

export interface DueWork {
  /**
   * Announces work: marks the business, so that the next sweep of each kind in `kinds` checks the business. Call this
   * method before the transaction that creates the work. If the transaction then creates no work, the mark only costs
   * about two checks per kind (see `settle`). `kinds` must not be empty. Errors: UNAVAILABLE, STORAGE_FULL.
   */
  mark(businessId: string, kinds: readonly DueKind[]): Promise<void>;
  /**
   * Lists at most 500 due businesses in the order of `dueAt`. `after` is the last business of the previous page;
   * without `after`, the first page is listed. `furthestMs` is the longest time that work of this kind can have to
   * wait. If the stored time of a business is after `nowMs + furthestMs`, a clock was wrong when the time was stored.
   * Such a business is listed, too.
   */
  list(
    kind: DueKind,
    nowMs: number,
    furthestMs: number,
    after?: Pick<DueBusiness, "dueAt" | "businessId">,
  ): Promise<readonly DueBusiness[]>;
  /**
   * Call this method after a sweep has checked the business. `again.atMs` is the time of the next check, or undefined
   * if no work is left. The mark is kept for `again.holdMs` after the first call of `settle` for this mark, because the
   * transaction that creates the work can still be running. The business is checked again at the end of this time at
   * the latest. If the business was marked again during the check, `settle` does nothing.
   */
  settle(
    due: DueBusiness,
    again: { readonly atMs: number | undefined; readonly holdMs: number },
    nowMs: number,
  ): Promise<void>;
  /**
   * Call this method after a failed check: the business is listed again at `untilMs`. If the business was marked again
   * during the check, `putOff` does nothing.
   */
  putOff(due: DueBusiness, untilMs: number): Promise<void>;
}

const atOnce = "1970-01-01T00:00:00.000Z";
const listedAtOnce = 500;
/** This position is before every business, because no id is empty. */
const beforeAll = { dueAt: atOnce, businessId: "" };

export function createDueWork(control: Database<ControlTables>): DueWork {
  const { kysely } = control;

  const rowOf = ({ businessId, kind, mark }: DueBusiness) =>
    kysely
      .updateTable("dueWork")
      .where("businessId", "=", businessId)
      .where("kind", "=", kind)
      .where("mark", "=", mark);

  return {
    async mark(businessId, kinds) {
      const mark = uuidv7();
      await kysely
        .insertInto("dueWork")
        .values(
          dueKinds
            .filter((kind) => kinds.includes(kind))
            .map((kind) => ({ businessId, kind, dueAt: atOnce, mark, seenAt: null })),
        )
        .onConflict((row) =>
          row.columns(["businessId", "kind"]).doUpdateSet({ dueAt: atOnce, mark, seenAt: null }),
        )
        .execute();
    },
    async list(kind, nowMs, furthestMs, after = beforeAll) {
      const rows = await kysely
        .selectFrom("dueWork")
        .innerJoin("businesses", "businesses.id", "dueWork.businessId")
        .select(["businessId", "slug", "mark", "dueAt", "seenAt"])
        .where("kind", "=", kind)
        .where((is) =>
          is.or([is("dueAt", "<=", instantOf(nowMs)), is("dueAt", ">", instantOf(nowMs + furthestMs))]),
        )
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple("dueAt", "businessId"), ">", tuple(after.dueAt, after.businessId)),
        )
        .orderBy("dueAt")
        .orderBy("businessId")
        .limit(listedAtOnce)
        .execute();
      return rows.map(({ seenAt, ...row }) => ({
        ...row,
        kind,
        seenAtMs: seenAt === null ? undefined : Date.parse(seenAt),
      }));
    },
    async settle(due, { atMs, holdMs }, nowMs) {
      // A process with a wrong clock may have written a time in the future.
      const seenAtMs = due.seenAtMs !== undefined && due.seenAtMs <= nowMs ? due.seenAtMs : nowMs;
      const heldUntilMs = seenAtMs + holdMs;
      const againAtMs = Math.min(
        atMs ?? Number.POSITIVE_INFINITY,
        nowMs < heldUntilMs ? heldUntilMs : Number.POSITIVE_INFINITY,
      );
      if (againAtMs < Number.POSITIVE_INFINITY) {
        const again = { dueAt: instantOf(againAtMs), seenAt: instantOf(seenAtMs) };
        await rowOf(due).set(again).execute();
        return;
      }
      await kysely
        .deleteFrom("dueWork")
        .where("businessId", "=", due.businessId)
        .where("kind", "=", due.kind)
        .where("mark", "=", due.mark)
        .execute();
    },
    async putOff(due, untilMs) {
      await rowOf(due)
        .set({ dueAt: instantOf(untilMs) })
        .execute();
    },
  };
}

const instantOf = (ms: number): string => new Date(ms).toISOString();

/** Lists all due businesses, page by page. A business that becomes due during the iteration can be missing. */
export async function* eachDue(
  due: Pick<DueWork, "list">,
  ...[kind, nowMs, furthestMs]: [kind: DueKind, nowMs: number, furthestMs: number]
): AsyncGenerator<readonly DueBusiness[]> {
  let page = await due.list(kind, nowMs, furthestMs);
  while (page.length > 0) {
    yield page;
    page = await due.list(kind, nowMs, furthestMs, page.at(-1));
  }
}
