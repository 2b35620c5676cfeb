// Waits for a condition up to a time limit.

/** Returns false if the time limit was reached. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > until) return false;
    await Bun.sleep(10);
  }
  return true;
}
