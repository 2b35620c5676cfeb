// Defines the time limits for requests whose answers don't have to wait for the model: requests to
// an ACE-Step server, and the request for the audio of the parent version.

/** The longest wait for the headers of an answer without a file, in milliseconds. */
export const quickMs = 10_000;
/** The longest wait for the headers of a file, in milliseconds. */
export const fileMs = 30_000;
