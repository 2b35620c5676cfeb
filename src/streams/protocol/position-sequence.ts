// A sequence for appends that each know where they begin: of two writers at one position, the store takes one.

/** Sorts as the positions do. */
export const sequenceOf = (position: number): string => String(position).padStart(16, "0");
