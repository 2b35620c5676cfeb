// Limits an async function to one call at a time, for example the function that a button "Show more" calls.

/** Returns a function that calls `run`. Until `run` has settled, further calls resolve at once and do nothing. */
export function oneAtATime(run: () => Promise<void>): () => Promise<void> {
  let isRunning = false;
  return async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      await run();
    } finally {
      isRunning = false;
    }
  };
}
