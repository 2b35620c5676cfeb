// A Stream-Seq derived from the position of an append: of two writers at the same position, the store accepts one.

/** The texts sort like the positions. */
export const sequenceOf = (position: number): string => String(position).padStart(16, "0");
