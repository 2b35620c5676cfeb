// Derives a Stream-Seq from the position of an append. If two writers append at the same position, the store then
// accepts only one of them.

/** The returned strings sort in the order of the positions. */
export const sequenceOf = (position: number): string => String(position).padStart(16, "0");
