// How each text is run on Postgres: among the statements of others, or with a connection to itself. Learnt from how long it takes.

export interface Pace {
  /** "unknown": not run yet. "shared": among others. "apart": by itself. */
  readonly place: "unknown" | "shared" | "apart";
}

export interface Paces {
  of(sql: string): Pace;
  /** After a run; `stopped`: it was too long to be run among others. */
  note(pace: Pace, activeMs: number, stopped?: boolean): void;
}

interface Learnt {
  place: Pace["place"];
  /** No other place is right: it does more than to read or write rows. */
  readonly fixed: boolean;
  slowRuns: number;
  /** Among others, so far: one that was quick so often is not long because it was stopped once. */
  sharedRuns: number;
  quickRuns: number;
  /** Before it is among others again; four times more after each return in vain. */
  quickRunsWanted: number;
}

/** In place, this holds up everyone else; a busy machine makes any statement as slow now and then. */
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
