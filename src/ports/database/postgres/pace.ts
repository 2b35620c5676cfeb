// Decides how each statement runs on Postgres, on a shared connection or on its own, depending on its run times.

export interface Pace {
  /** "unknown": not run yet. "shared": on a connection with other statements. "apart": on its own connection. */
  readonly place: "unknown" | "shared" | "apart";
}

export interface Paces {
  of(sql: string): Pace;
  /** Records a run; `stopped`: the server stopped it at the limit of shared statements. */
  note(pace: Pace, activeMs: number, stopped?: boolean): void;
}

interface Learnt {
  place: Pace["place"];
  /** Whether the place is always "apart", because the text does more than reading or writing rows. */
  readonly fixed: boolean;
  slowRuns: number;
  /** The number of quick shared runs: a text with many of them is not moved after one stop. */
  sharedRuns: number;
  quickRuns: number;
  /** The number of quick runs after which the text is shared again; four times as many after each failed return. */
  quickRunsWanted: number;
}

/** A shared run of this length delays other callers. A single slow run proves nothing, because on a busy machine any statement may be slow. */
const slowMs = 75;
const slowRunsMax = 3;
const provenRuns = 100;
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
