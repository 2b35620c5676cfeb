// Asks a generator for its state and capabilities, for `rondo doctor`.
import { AppError } from "../../../errors.ts";
import { type Found, good, warning, wrong } from "../../found.ts";
import { callForJson } from "../remote/audio-answer.ts";
import { FarError } from "../remote/far-error.ts";
import type { GeneratorAddress } from "./address.ts";
import { capabilitiesOf, healthOf } from "./capabilities.ts";

const timeoutMs = 5_000;

/**
 * Sends the calls without a signature. The answer 401 is a good finding: it shows that the
 * generator runs and refuses unsigned calls. If the generator can't be reached or gives a bad
 * answer, the result is a finding and not an error.
 */
export async function inspectGenerator({ base, delivery }: GeneratorAddress): Promise<readonly Found[]> {
  const signal = AbortSignal.timeout(2 * timeoutMs);
  try {
    const health = healthOf(await callForJson(`${base}/health`, { timeoutMs }, signal));
    const {
      name,
      delivery: offered,
      licence,
    } = capabilitiesOf(await callForJson(`${base}/capabilities`, { timeoutMs }, signal));
    const found = [
      good(`${name} is ${health.status} and delivers by ${offered.join(", ")}.`),
      ...(licence === undefined ? [] : [good(`The licence of the model's weights: ${licence}`)]),
    ];
    if (delivery === undefined || offered.includes(delivery)) return found;
    return [
      ...found,
      wrong(`The generator doesn't deliver by ${delivery}.`, `Use one of ${offered.join(", ")}.`),
    ];
  } catch (err) {
    if (err instanceof FarError && err.status === 401)
      return [good("The generator answers and accepts only signed calls, as it should.")];
    if (!(err instanceof AppError)) throw err;
    return [
      err instanceof FarError && err.isBusy && err.status !== undefined
        ? warning(err.publicMessage, "Try again in a moment.")
        : wrong(err.publicMessage, err.hint ?? "Start the generator, and check RONDO_GENERATOR_URL."),
    ];
  }
}
