// Schedules the generations of a process. Businesses take turns. Within a business, the pieces usually come in this
// order: pieces without any sound, pieces with a part of their first seconds, all other pieces. Within each of these
// groups, owners take turns.

/** The fields of a piece on which its turn depends. */
export interface TurnTaker {
  readonly businessId: string;
  readonly owner: string;
  madeMs: number;
  /** The number of the piece's latest turn; 0 before its first turn. */
  lastTurn: number;
}

/**
 * The length of a piece's first seconds, in milliseconds. Every new piece has to get its first seconds soon. The next
 * part has to be made before the listener has heard the first seconds.
 */
const firstMs = 10_000;
/**
 * One in this many turns of a business goes to its pieces that already have their first seconds, if there are any. So
 * even many new pieces can't interrupt music that is being played.
 */
const turnsPerTurnOfTheRest = 4;
/**
 * An owner can have several pieces that have a part of their first seconds. Usually, the piece with the most sound
 * comes first. But a piece that has waited for this many turns of the process comes before the others.
 */
const turnsBetweenMost = 200;
/**
 * The last number of a piece's rank (see `rankOf`) is the negative length of its sound. But if the piece has waited too
 * long, or already has its first seconds, the last number is the negative number of turns that the piece has waited,
 * minus this constant. The constant is greater than `firstMs`, so a last number with this constant is always lower than
 * one without it. So a piece that has waited too long comes before pieces that are ordered by their sound.
 */
const wholeMs = 3_600_000;
/** After this many turns, the businesses and owners that have no pieces now are forgotten. */
const turnsBetweenCleanings = 10_000;

/**
 * Returns a function that chooses the next piece and sets the `lastTurn` of this piece. The caller
 * has to update `madeMs`. If there are no pieces, the function returns undefined.
 */
export function createTurns<T extends TurnTaker>() {
  let turn = 0;
  let lastTurns = new Map<string, number>();
  let counts = new Map<string, number>();
  const ownerKey = ({ businessId, owner }: T) => `${businessId}/${owner}`;

  /** Returns the rank of a piece. Ranks are compared number by number. The piece with the lowest rank comes first. */
  const rankOf = (piece: T): readonly number[] => {
    const isTurnOfTheRest = ((counts.get(piece.businessId) ?? 0) + 1) % turnsPerTurnOfTheRest === 0;
    const isFirst = piece.madeMs < firstMs;
    return [
      lastTurns.get(piece.businessId) ?? 0,
      isFirst === isTurnOfTheRest ? 1 : 0,
      piece.madeMs === 0 ? 0 : 1,
      lastTurns.get(ownerKey(piece)) ?? 0,
      // Pieces get their first seconds one after the other, so that the first of them can soon be played.
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
