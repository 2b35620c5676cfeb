// Parses the address of ElevenLabs Music, for example "elevenlabs:", "elevenlabs:?mode=plan" or
// "elevenlabs:https://proxy.example?model=music_v1".

export interface ElevenLabsPlace {
  readonly base: string;
  /** "plan" means that a composition is planned first and listeners see its sections. */
  readonly mode: "prompt" | "plan";
  readonly model: string;
}

export function findPlace(location: string): ElevenLabsPlace | undefined {
  const rest = location.replace(/^elevenlabs:/, "");
  const url = URL.parse(rest === "" || rest.startsWith("?") ? `https://api.elevenlabs.io${rest}` : rest);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "") return undefined;
  const mode = url.searchParams.get("mode") ?? "prompt";
  if (mode !== "prompt" && mode !== "plan") return undefined;
  return { base: url.origin, mode, model: url.searchParams.get("model") ?? "music_v1" };
}
