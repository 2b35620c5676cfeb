// Refuses a request that a generator can't use: its prompt is blank or has more than 2,000 Unicode code points, its
// duration is out of range, or its seed is negative or not a safe integer.
import { AppError } from "../../errors.ts";
import type { GenerationRequest } from "./generator.ts";

export interface RequestLimits {
  readonly secondsMin: number;
  readonly secondsMax: number;
}

const promptCharactersMax = 2000;

/** If the request has faults, throws INVALID_PARAMETER with the first fault. `limits` are inclusive. */
export function checkRequest(
  request: Pick<GenerationRequest, "prompt" | "seed" | "durationSeconds">,
  limits: RequestLimits,
): void {
  const fault = faultOf(request, limits);
  if (fault !== undefined) throw new AppError("INVALID_PARAMETER", fault.message, { faults: [fault] });
}

function faultOf(
  { prompt, seed, durationSeconds }: Pick<GenerationRequest, "prompt" | "seed" | "durationSeconds">,
  { secondsMin, secondsMax }: RequestLimits,
) {
  if (prompt.trim() === "") return { at: "prompt", message: "The prompt is empty." };
  if ([...prompt].length > promptCharactersMax) {
    return { at: "prompt", message: `The prompt is longer than ${promptCharactersMax} characters.` };
  }
  if (!(durationSeconds >= secondsMin && durationSeconds <= secondsMax)) {
    return {
      at: "durationSeconds",
      message: `The duration must be from ${secondsMin} to ${secondsMax} seconds.`,
    };
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    return { at: "seed", message: "The seed must be a whole number, 0 or more." };
  }
  return undefined;
}
