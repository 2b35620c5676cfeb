// Waits for a condition instead of sleeping. After a timeout, the error names the condition.
import { embeddedOnly } from "./embedded-only.ts";

// This time is long enough for a slow machine, but shorter than the time limit of a test, so that the error names the
// condition.
const untilMsMax = embeddedOnly ? 15_000 : 45_000;

export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = untilMsMax,
): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt)
      throw new Error(`The condition was not met within ${timeoutMs} ms: ${what}`);
    await Bun.sleep(2);
  }
}
