// Derives a Stream-Seq from the position of an append, so that of two writers at the same position the store accepts only one.

/** The texts sort like the positions. */
export const sequenceOf = (position: number): string => String(position).padStart(16, "0");
