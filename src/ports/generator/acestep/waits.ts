// Defines the time limits for those answers of an ACE-Step server that don't have to wait for the model.

/** The longest wait for an answer without a file, in milliseconds. */
export const quickMs = 10_000;
/** The longest wait for the headers of a file, in milliseconds. */
export const fileMs = 30_000;
