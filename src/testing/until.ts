// Waits until a condition is true, so that tests need no sleep of a fixed length. After a timeout,
// the error names the condition.
import { embeddedOnly } from "./embedded-only.ts";

// This time is long enough for a slow machine. It is shorter than the time limit of a test, because the error of a test
// that reaches its own time limit doesn't name the condition.
const untilMsMax = embeddedOnly ? 15_000 : 45_000;

/**
 * Checks the condition every 2 ms. If the condition throws an error, `until` throws the same error.
 * If a call of the condition hangs, `until` does not interrupt this call.
 */
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
