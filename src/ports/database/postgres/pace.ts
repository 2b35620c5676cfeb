// Decides for each statement on Postgres whether it runs on a shared connection or on a connection of its own. The
// decision is based on the statement's earlier run times.

export interface Pace {
  /**
   * "unknown": no run of the statement is known. "shared": the statement runs on a connection with other statements.
   * "apart": the statement runs on its own connection.
   */
  readonly place: "unknown" | "shared" | "apart";
}

export interface Paces {
  /**
   * Returns the pace of the statement with this text. The same text gets the same object, which `note` changes. At most
   * 2,000 texts are remembered. When a further text comes, all of them are forgotten.
   */
  of(sql: string): Pace;
  /**
   * Records a run of the statement. `activeMs` is the time in milliseconds from the start of the run to its answer. A
   * connection runs its statements one after the other. So a run starts when the statement is sent, but not before the
   * statements that were sent earlier are answered. `stopped` means that the server stopped the statement at the time
   * limit of shared statements.
   */
  note(pace: Pace, activeMs: number, stopped?: boolean): void;
}

interface Learnt {
  place: Pace["place"];
  /**
   * Whether `place` is always "apart", because the statement does not begin with select, insert,
   * update, delete or with.
   */
  readonly fixed: boolean;
  /**
   * A score of the shared runs. A slow run adds 1, a stopped run adds 1.5 or 3 (see `sharedRuns`), and any other run
   * subtracts 0.1. When the score reaches `slowRunsMax`, the statement gets its own connection.
   */
  slowRuns: number;
  /**
   * The number of shared runs that were not slow. After `provenRuns` such runs, a stopped run adds only 1.5 to
   * `slowRuns`, so a single stopped run does not move the statement to its own connection.
   */
  sharedRuns: number;
  quickRuns: number;
  /**
   * A statement with its own connection returns to a shared connection after this number of quick runs in a row. Each
   * return multiplies the number by four, up to `quickRunsMost`, so a statement that often becomes slow returns later.
   * Each shared run that is not slow reduces the number by 1 %, down to `quickRunsFirst`.
   */
  quickRunsWanted: number;
}

/**
 * If a run on a shared connection takes at least this long, it is slow: it delays other callers. A single slow run
 * proves nothing, because on a busy machine any statement can be slow.
 */
const slowMs = 75;
const slowRunsMax = 3;
const provenRuns = 100;
/** A run on the statement's own connection is quick if it takes less time than this. */
const quickMs = 50;
const quickRunsFirst = 3;
const quickRunsMost = 192;
const textsMax = 2_000;

export function createPaces(): Paces {
  const known = new Map<string, Learnt>();

  function learnt(sql: string): Learnt {
    const found = known.get(sql);
    if (found !== undefined) return found;
    const fixed = !/^\s*(select|insert|update|delete|with)\b/i.test(sql);
    const place = fixed ? "apart" : "unknown";
    const pace: Learnt = {
      place,
      fixed,
      slowRuns: 0,
      sharedRuns: 0,
      quickRuns: 0,
      quickRunsWanted: quickRunsFirst,
    };
    if (known.size >= textsMax) known.clear();
    known.set(sql, pace);
    return pace;
  }

  return {
    of: learnt,
    note(pace, activeMs, stopped = false) {
      const entry = pace as Learnt;
      if (entry.fixed) return;
      if (entry.place === "apart") noteApart(entry, activeMs);
      else noteShared(entry, activeMs, stopped);
    },
  };
}

function noteShared(entry: Learnt, activeMs: number, stopped: boolean): void {
  if (stopped) entry.slowRuns += entry.sharedRuns < provenRuns ? slowRunsMax : slowRunsMax / 2;
  else if (activeMs >= slowMs) entry.slowRuns += 1;
  else {
    entry.sharedRuns += 1;
    entry.slowRuns = Math.max(0, entry.slowRuns - 0.1);
    entry.quickRunsWanted = Math.max(quickRunsFirst, entry.quickRunsWanted * 0.99);
  }
  entry.place = entry.slowRuns < slowRunsMax ? "shared" : "apart";
  entry.quickRuns = 0;
}

function noteApart(entry: Learnt, activeMs: number): void {
  entry.quickRuns = activeMs < quickMs ? entry.quickRuns + 1 : 0;
  if (entry.quickRuns < entry.quickRunsWanted) return;
  entry.place = "shared";
  entry.slowRuns = 0;
  entry.quickRunsWanted = Math.min(entry.quickRunsWanted * 4, quickRunsMost);
}
