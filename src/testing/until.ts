// Waits for a condition instead of sleeping. After a timeout, the error names the condition.

export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  // This time is long enough for a busy machine, but shorter than the time limit of a test, so that the error names the
  // condition.
  timeoutMs = 15_000,
): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt)
      throw new Error(`The condition was not met within ${timeoutMs} ms: ${what}`);
    await Bun.sleep(2);
  }
}
