// Makes pieces with Lyria RealTime, which plays endlessly. Each piece ends after the requested duration, with a
// fade-out.
import { checkRequest } from "../check-request.ts";
import type { GeneratedChunk, GenerationRequest, Generator } from "../generator.ts";
import { busyLimitMs, farGeneration } from "../remote/far-generation.ts";
import { createLifetime } from "../remote/lifetime.ts";
import { type PromptPlan, promptPlanOf, revisePromptPlan } from "../remote/prompt-plan.ts";
import { durationOf, openPlan, planNow, refuseLyrics, unknownHealth } from "../remote/wishes.ts";
import type { OpenGeneratorOptions } from "../technology.ts";
import { bytesPerSecond, sampleRate } from "./messages.ts";
import type { LyriaPlace } from "./place.ts";
import { type LyriaSetup, setupOf } from "./setup.ts";
import { soundOf } from "./sound.ts";

type LyriaOptions = Pick<OpenGeneratorOptions, "intake" | "firstChunkMs" | "stallMs"> & {
  readonly key: string;
};

const limits = { secondsMin: 10, secondsMax: 600 };
const format = { kind: "pcm", encoding: "s16le", sampleRate, channels: 2 } as const;

export function createLyria(place: LyriaPlace, options: LyriaOptions): Generator {
  const { intake, key, firstChunkMs, stallMs } = options;
  const lifetime = createLifetime();
  const url = `${place.url}?key=${encodeURIComponent(key)}`;

  const make = (
    { durationSeconds }: PromptPlan,
    setup: LyriaSetup,
    signal: AbortSignal,
  ): AsyncIterable<GeneratedChunk> => {
    // Requests one second more than the length of the piece, because the converter to 44.1 kHz keeps some samples back.
    const neededBytes = (durationSeconds + 1) * bytesPerSecond;
    const sound = soundOf(
      { url, setup, secrets: [key], neededBytes, limitMs: busyLimitMs(firstChunkMs) },
      signal,
    );
    return intake.take(sound, { format, durationMs: durationSeconds * 1000, fade: true }, signal);
  };

  return {
    name: "lyria",
    deterministic: false,
    canResume: false,
    durationOf,
    async start(request: GenerationRequest, outer) {
      const signal = lifetime.signalFor(outer);
      checkRequest(request, limits);
      refuseLyrics(request.options);
      const plan = planNow(promptPlanOf(request), request);
      const setup = setupOf(plan, request.options ?? {}, place.model);
      return farGeneration({
        plan: openPlan(request, plan),
        request,
        signal,
        firstChunkMs,
        stallMs,
        make: (inner) => make(plan, setup, inner),
        // An abort has already sent STOP and closed the session, so no more audio is made.
        stopFar: async () => "stopped",
      });
    },
    revise: async (request) => revisePromptPlan(request, "prompt"),
    health: async () => unknownHealth,
    close: async () => lifetime.close(),
  };
}
