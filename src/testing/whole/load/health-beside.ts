// Measures how long a server's /health takes while it does other work.

/** Requests /health repeatedly until `work` is done, and returns the longest wait in milliseconds. */
export async function worstHealthBeside(url: string, work: Promise<unknown>): Promise<number> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  done.catch(() => undefined);
  let worst = 0;
  while (!isDone) {
    const startedMs = performance.now();
    await (await fetch(`${url}/health`)).arrayBuffer();
    worst = Math.max(worst, performance.now() - startedMs);
    await Bun.sleep(5);
  }
  await done;
  return worst;
}
