// Makes pieces with ElevenLabs Music. The answer to one POST is the audio, which arrives while the piece is made. The
// audio is MP3 of 44.1 kHz and 128 kbit/s, the format in which Rondo stores audio.
import { checkRequest } from "../check-request.ts";
import type { GeneratedChunk, GenerationRequest, Generator } from "../generator.ts";
import { bytesOf, callForAudio, callForJson, formatOfAnswer, jsonCall } from "../remote/audio-answer.ts";
import { FarError } from "../remote/far-error.ts";
import { busyLimitMs, farGeneration } from "../remote/far-generation.ts";
import { createLifetime } from "../remote/lifetime.ts";
import { whileBusy } from "../remote/poll.ts";
import { durationOf, openPlan, smallSeed, wordsOfOptions } from "../remote/wishes.ts";
import type { OpenGeneratorOptions } from "../technology.ts";
import { sectionAt, sectionsOf } from "./composition.ts";
import type { ElevenLabsPlace } from "./place.ts";
import { type ElevenLabsPlan, planOf, revise } from "./plan.ts";

type ElevenLabsOptions = Pick<OpenGeneratorOptions, "intake" | "firstChunkMs" | "stallMs"> & {
  readonly key: string;
};

const limits = { secondsMin: 10, secondsMax: 600 };

export function createElevenLabs(place: ElevenLabsPlace, options: ElevenLabsOptions): Generator {
  const { intake, key, firstChunkMs, stallMs } = options;
  const lifetime = createLifetime();
  const headers = { "xi-api-key": key };
  const secrets = [key];
  let running = 0;
  /** The number of concurrent requests that ElevenLabs allows; undefined until an answer with audio contains it. */
  let slots: number | undefined;

  const post = (path: string, body: unknown) => ({
    url: `${place.base}${path}`,
    call: { ...jsonCall(body, headers), timeoutMs: firstChunkMs, secrets },
  });

  /**
   * Returns the plan with a composition. If the mode is "prompt", returns the plan unchanged. ElevenLabs makes a
   * composition free of charge, so the request for a composition can be repeated.
   */
  const composed = async (
    plan: ElevenLabsPlan,
    request: GenerationRequest,
    signal: AbortSignal,
  ): Promise<ElevenLabsPlan> => {
    if (place.mode === "prompt" || plan.composition !== undefined) return plan;
    const { url, call } = post("/v1/music/plan", {
      prompt: promptOf(plan, request),
      music_length_ms: plan.durationSeconds * 1000,
      model_id: place.model,
    });
    const composition = await whileBusy(
      () => callForJson(url, call, signal),
      { limitMs: busyLimitMs(firstChunkMs) },
      signal,
    );
    if (sectionsOf(composition).length > 0) return { ...plan, composition };
    throw new FarError("GENERATION_FAILED", "The generator answered with a plan that has no sections.");
  };

  const make = async function* (
    plan: ElevenLabsPlan,
    request: GenerationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GeneratedChunk, void, void> {
    running++;
    try {
      const { url, call } = post(
        "/v1/music/stream?output_format=mp3_44100_128",
        bodyOf(plan, request, place.model),
      );
      const answer = await whileBusy(
        () => callForAudio(url, call, signal),
        { limitMs: busyLimitMs(firstChunkMs) },
        signal,
      );
      slots = countIn(answer.headers.get("maximum-concurrent-requests")) ?? slots;
      const sections = sectionsOf(plan.composition);
      const source = { format: formatOfAnswer(answer), durationMs: plan.durationSeconds * 1000 };
      for await (const chunk of intake.take(bytesOf(answer, signal), source, signal)) {
        yield { ...chunk, section: sectionAt(sections, chunk.startMs) };
      }
    } finally {
      running--;
    }
  };

  return {
    name: "elevenlabs",
    deterministic: false,
    canResume: false,
    durationOf,
    async start(request, outer) {
      const signal = lifetime.signalFor(outer);
      checkRequest(request, limits);
      const plan = await composed(planOf(request), request, signal);
      return farGeneration({
        plan: openPlan(request, plan),
        request,
        signal,
        firstChunkMs,
        stallMs,
        make: (inner) => make(plan, request, inner),
        // A generation can be ended only by closing its connection, and the abort of `inner` closes the connection. It
        // is not known whether ElevenLabs then charges for the piece.
        stopFar: async () => "stopped",
      });
    },
    revise: async (request) => revise(request),
    health: async () => ({
      status: slots !== undefined && running >= slots ? "busy" : "ready",
      slots,
      free: slots === undefined ? undefined : Math.max(0, slots - running),
      queued: undefined,
      etaSeconds: undefined,
    }),
    close: async () => lifetime.close(),
  };
}

/**
 * A prompt is sent with a length and without a seed. A composition is sent with a seed, and contains the lengths of its
 * sections.
 */
function bodyOf(plan: ElevenLabsPlan, request: GenerationRequest, model: string): Record<string, unknown> {
  if (plan.composition !== undefined)
    return { composition_plan: plan.composition, model_id: model, seed: smallSeed(plan.seed) };
  return {
    prompt: promptOf(plan, request),
    music_length_ms: plan.durationSeconds * 1000,
    model_id: model,
    ...(request.options?.instrumental === true ? { force_instrumental: true } : {}),
  };
}

function promptOf({ prompt }: ElevenLabsPlan, { options }: GenerationRequest): string {
  const lyrics = options?.lyrics === undefined ? "" : `Lyrics:\n${options.lyrics}`;
  // The request for a composition plan has no field for instrumental music, so the prompt contains this wish.
  const withoutVoice = options?.instrumental === true ? "Instrumental, without vocals." : "";
  return [prompt, wordsOfOptions(options), withoutVoice, lyrics].filter((part) => part !== "").join("\n");
}

const countIn = (text: string | null): number | undefined => {
  const count = Number(text ?? Number.NaN);
  return Number.isInteger(count) && count > 0 ? count : undefined;
};
