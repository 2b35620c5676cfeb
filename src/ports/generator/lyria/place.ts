// Parses the address of Lyria RealTime, such as "lyria:", "lyria:?model=models/lyria-realtime-exp" or
// "lyria:wss://proxy.example".
import { findFarAddress } from "../remote/far-address.ts";

export interface LyriaPlace {
  /** The WebSocket URL, without the API key. */
  readonly url: string;
  readonly model: string;
}

const path = "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateMusic";

/**
 * Returns the place that an address names. Without a host in the address, the place is Google's own server. Returns
 * undefined if the scheme is not ws or wss, or if the address contains a user, a password or a parameter other than
 * `model`.
 */
export function findPlace(location: string): LyriaPlace | undefined {
  const rest = location.replace(/^lyria:/, "");
  const text = rest === "" || rest.startsWith("?") ? `wss://generativelanguage.googleapis.com${rest}` : rest;
  const address = findFarAddress(text, { schemes: ["ws", "wss"], parameters: ["model"] });
  if (address === undefined) return undefined;
  return {
    url: `${address.base}${path}`,
    model: address.parameters.get("model") ?? "models/lyria-realtime-exp",
  };
}
