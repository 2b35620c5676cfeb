// Parses the address of Lyria RealTime: "lyria:", "lyria:?model=models/lyria-realtime-exp", "lyria:wss://proxy.example".
import { findFarAddress } from "../remote/far-address.ts";

export interface LyriaPlace {
  /** The WebSocket URL, without the API key. */
  readonly url: string;
  readonly model: string;
}

const path = "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateMusic";

/**
 * Returns undefined if the address is not a ws or wss address, or contains a user name. Of an
 * address with a host, only the scheme, host, port and parameter `model` are used.
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
