// Parses the address of an ACE-Step server: "acestep+http://127.0.0.1:8001?model=acestep-v15-turbo".
import { findFarAddress } from "../remote/far-address.ts";

export interface AceStepPlace {
  readonly base: string;
  readonly model: string | undefined;
  /**
   * How much of the parent's audio a changed version keeps, from 0 to 1: the parameter `strength`
   * of the address, by default 0.5.
   */
  readonly coverStrength: number;
}

/** Returns undefined if `location` is not such an address, or if `strength` is not a number from 0 to 1. */
export function findPlace(location: string): AceStepPlace | undefined {
  const address = findFarAddress(location.replace(/^acestep\+/, ""), {
    schemes: ["http", "https"],
    parameters: ["model", "strength"],
  });
  if (address === undefined) return undefined;
  const { base, parameters } = address;
  const strength = Number(parameters.get("strength") ?? 0.5);
  if (!(strength >= 0 && strength <= 1)) return undefined;
  return { base, model: parameters.get("model") ?? undefined, coverStrength: strength };
}
