// Parses the address of ElevenLabs Music, for example "elevenlabs:", "elevenlabs:?mode=plan" or
// "elevenlabs:https://proxy.example/base?model=music_v1".
import { findFarAddress } from "../remote/far-address.ts";

export interface ElevenLabsPlace {
  readonly base: string;
  /** "plan" means that a composition is planned first and listeners see its sections. */
  readonly mode: "prompt" | "plan";
  readonly model: string;
}

/** Returns undefined if the address is not a valid HTTP or HTTPS address, or if it has an unknown parameter or mode. */
export function findPlace(location: string): ElevenLabsPlace | undefined {
  const rest = location.replace(/^elevenlabs:/, "");
  const address = findFarAddress(
    rest === "" || rest.startsWith("?") ? `https://api.elevenlabs.io${rest}` : rest,
    { schemes: ["http", "https"], parameters: ["mode", "model"] },
  );
  if (address === undefined) return undefined;
  const { base, parameters } = address;
  const mode = parameters.get("mode") ?? "prompt";
  if (mode !== "prompt" && mode !== "plan") return undefined;
  return { base, mode, model: parameters.get("model") ?? "music_v1" };
}
