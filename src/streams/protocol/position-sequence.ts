// Derives the Stream-Seq of an append from its position. Two writers that append at the same position send the same
// Stream-Seq. The store accepts an append only if its Stream-Seq is larger than the Stream-Seq of the previous append.
// So only one of the two writers succeeds.

/** The returned strings sort in the order of the positions. */
export const sequenceOf = (position: number): string => String(position).padStart(16, "0");
