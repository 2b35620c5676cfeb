// Finds out for `rondo doctor` which kind of ACE-Step server answers at the configured address.
import { AppError } from "../../../errors.ts";
import { type Found, good, wrong } from "../../found.ts";
import { FarError } from "../remote/far-error.ts";
import { openServer } from "./open-server.ts";
import type { AceStepPlace } from "./place.ts";

/**
 * Calls the server without the key. An answer with the status 401 is a good finding, because the
 * answer shows that the server runs. If there is no answer within 10 seconds, this function can
 * throw the TimeoutError of the signal.
 */
export async function inspectServer(place: AceStepPlace): Promise<readonly Found[]> {
  try {
    const server = await openServer({ place, key: undefined }, AbortSignal.timeout(10_000));
    return [good(`ACE-Step answers: ${server.name}.`)];
  } catch (err) {
    if (err instanceof FarError && err.status === 401)
      return [good("The server answers and requires a key, as it should.")];
    if (!(err instanceof AppError)) throw err;
    return [wrong(err.publicMessage, err.hint ?? "Start the server, and check RONDO_GENERATOR_URL.")];
  }
}
