// Starts a stand-in for ElevenLabs Music. The stand-in follows the public format of ElevenLabs' API.
import { type FarSide, jsonReply, startFarSide } from "./far-side.ts";
import { type Sound, type SoundFault, soundReply } from "./sound-replies.ts";

interface MusicStart {
  readonly path: string;
  readonly key: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ElevenLabsStandIn extends FarSide {
  /** The requests for a piece, also those that the stand-in refuses. */
  readonly starts: readonly MusicStart[];
  /** The requests for a composition plan. */
  readonly plans: readonly MusicStart[];
}

/** Returns a plan of three sections, which have a quarter, a quarter and half of the length. */
export const compositionOf = (lengthMs: number) => ({
  positive_global_styles: ["piano"],
  negative_global_styles: ["drums"],
  sections: [
    {
      section_name: "Intro",
      duration_ms: lengthMs * 0.25,
      positive_local_styles: [],
      negative_local_styles: [],
      lines: [],
    },
    {
      section_name: "Verse",
      duration_ms: lengthMs * 0.25,
      positive_local_styles: [],
      negative_local_styles: [],
      lines: [],
    },
    {
      section_name: "Outro",
      duration_ms: lengthMs * 0.5,
      positive_local_styles: [],
      negative_local_styles: [],
      lines: [],
    },
  ],
});

/** The stand-in shows `fault` only in its answers to valid requests for a piece. */
export async function startElevenLabs(sound: Sound, fault: SoundFault = "none"): Promise<ElevenLabsStandIn> {
  const starts: MusicStart[] = [];
  const plans: MusicStart[] = [];
  const side = await startFarSide((request) => {
    const body = JSON.parse(request.body.toString("utf8") || "{}") as Record<string, unknown>;
    const start = { path: request.path, key: request.headers.get("xi-api-key"), body };
    if (request.path === "/v1/music/plan") {
      plans.push(start);
      return jsonReply(compositionOf(Number(body.music_length_ms)));
    }
    if (!request.path.startsWith("/v1/music/stream")) return jsonReply({ detail: "Not Found" }, 404);
    starts.push(start);
    const wrong = faultOf(start);
    if (wrong !== undefined)
      return jsonReply({ detail: { status: "validation_error", message: wrong } }, 422);
    return soundReply(fault, sound, request, starts.length - 1);
  });
  return {
    url: side.url,
    requests: side.requests,
    starts,
    plans,
    get open() {
      return side.open;
    },
    [Symbol.asyncDispose]: () => side[Symbol.asyncDispose](),
  };
}

/** Describes the first rule of the API that the request breaks. Returns undefined if the request breaks no rule. */
function faultOf({ path, body }: MusicStart): string | undefined {
  if (!path.includes("output_format=mp3_44100_128")) return "another output format";
  if ((body.prompt === undefined) === (body.composition_plan === undefined))
    return "prompt or plan, not both";
  if (body.composition_plan !== undefined && body.music_length_ms !== undefined)
    return "a plan has its own length";
  if (body.prompt !== undefined && body.seed !== undefined) return "a seed needs a plan";
  return undefined;
}
