// Measures the wait for a server's /health during other work.

/** The longest wait in milliseconds; /health is requested repeatedly until `work` is done. */
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
