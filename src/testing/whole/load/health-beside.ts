// Measures how long a request to a server's /health takes while the server does other work.

/**
 * Requests /health repeatedly until `work` is done, and returns the longest wait in milliseconds. The wait is measured
 * with the clock `nowMs`. If the server runs in the thread of the caller, pass `threadMs` as `nowMs`: this clock counts
 * only the processor time of the thread, and not the work of other programs.
 * If `work` or a request fails, throws the error. The status of the answers is not checked.
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
