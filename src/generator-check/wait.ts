// Waits for a condition up to a time limit.

/**
 * Returns true as soon as the condition is true, and false if the time limit is reached first. The
 * condition is checked at least once. A check in progress is not interrupted at the time limit. If
 * the condition throws an error, `waitUntil` throws the same error.
 */
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
