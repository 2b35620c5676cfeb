// Derives the Stream-Seq of an append from the position of the append. The store refuses an append if
// its Stream-Seq is not larger than the Stream-Seq of the previous append. So if two writers append at
// the same position, only one of them succeeds.

/** The returned strings sort in the order of the positions. */
export const sequenceOf = (position: number): string => String(position).padStart(16, "0");
