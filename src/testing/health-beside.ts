// How long /health of a server waits while something else goes on there.

/** The longest wait in milliseconds, asked again and again until `work` is done. */
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
