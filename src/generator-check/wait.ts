// Waits for a condition, at most for a given time.

/** Returns false if the time passed first. */
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
