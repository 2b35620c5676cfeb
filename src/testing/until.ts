// Waits for a condition instead of sleeping, and says what it waited for when it gives up.

export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  // Long, for a machine that others use; under the limit of a test, so that what was waited for is named.
  timeoutMs = 15_000,
): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    await Bun.sleep(2);
  }
}
