// Measures how long a server's /health takes while it does other work.

/**
 * Requests /health repeatedly until `work` is done, and returns the longest wait in milliseconds of the clock
 * `nowMs`. If the server runs in the same thread, `threadMs` leaves out the other work of a busy machine.
 */
export async function worstHealthBeside(
  url: string,
  work: Promise<unknown>,
  nowMs = () => performance.now(),
): Promise<number> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  done.catch(() => undefined);
  let worst = 0;
  while (!isDone) {
    const startedMs = nowMs();
    await (await fetch(`${url}/health`)).arrayBuffer();
    worst = Math.max(worst, nowMs() - startedMs);
    await Bun.sleep(5);
  }
  await done;
  return worst;
}
