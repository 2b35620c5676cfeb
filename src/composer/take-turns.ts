// Which of the pieces in the making goes next: businesses take turns, then first seconds come first, then their owners take turns.

/** A piece, as far as its turn depends on it. */
export interface TurnTaker {
  readonly businessId: string;
  readonly owner: string;
  madeMs: number;
  /** The number of its latest turn; 0: it had none. */
  lastTurn: number;
}

/** Longer than a listener takes to ask for more, and short enough that everybody gets it soon. */
const firstMs = 10_000;
/** One turn in so many of a business goes to what has its first seconds: a crowd of new pieces stops nobody's music. */
const turnsPerTurnOfTheRest = 4;
/** A piece that waits for more turns of others than this goes before those of its owner with fewer. */
const turnsBetweenMost = 200;
/** More than any piece has. */
const wholeMs = 3_600_000;
const turnsBetweenCleanings = 10_000;

/** Gives a function that chooses one of the pieces, counts that turn as taken, and gives undefined where there are none. */
export function createTurns<T extends TurnTaker>() {
  let turn = 0;
  let lastTurns = new Map<string, number>();
  let counts = new Map<string, number>();
  const ownerKey = ({ businessId, owner }: T) => `${businessId}/${owner}`;

  /** Lower goes first, by the first number in which two differ. */
  const rankOf = (piece: T): readonly number[] => {
    const isTurnOfTheRest = ((counts.get(piece.businessId) ?? 0) + 1) % turnsPerTurnOfTheRest === 0;
    const isFirst = piece.madeMs < firstMs;
    return [
      lastTurns.get(piece.businessId) ?? 0,
      isFirst === isTurnOfTheRest ? 1 : 0,
      piece.madeMs === 0 ? 0 : 1,
      lastTurns.get(ownerKey(piece)) ?? 0,
      // One after the other gets its first seconds: its place is then free for the next.
      isFirst && turn - piece.lastTurn < turnsBetweenMost ? -piece.madeMs : piece.lastTurn - turn - wholeMs,
    ];
  };

  function forgetOthers(pieces: readonly T[]): void {
    const businesses = new Set(pieces.map(({ businessId }) => businessId));
    const keys = new Set([...businesses, ...pieces.map(ownerKey)]);
    lastTurns = new Map([...lastTurns].filter(([key]) => keys.has(key)));
    counts = new Map([...counts].filter(([key]) => businesses.has(key)));
  }

  return (pieces: readonly T[]): T | undefined => {
    let next: { readonly piece: T; readonly rank: readonly number[] } | undefined;
    for (const piece of pieces) {
      const rank = rankOf(piece);
      if (next === undefined || isLower(rank, next.rank)) next = { piece, rank };
    }
    if (next === undefined) return undefined;
    const { piece } = next;
    turn++;
    piece.lastTurn = turn;
    lastTurns.set(piece.businessId, turn);
    lastTurns.set(ownerKey(piece), turn);
    counts.set(piece.businessId, (counts.get(piece.businessId) ?? 0) + 1);
    if (turn % turnsBetweenCleanings === 0) forgetOthers(pieces);
    return piece;
  };
}

function isLower(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}
