// Makes pieces with a server that takes one POST and answers with an audio file.
import { checkRequest } from "../check-request.ts";
import type { GeneratedChunk, GenerationRequest, Generator } from "../generator.ts";
import { bytesOf, callForAudio, formatOfAnswer, jsonCall } from "../remote/audio-answer.ts";
import { busyLimitMs, farGeneration } from "../remote/far-generation.ts";
import { createLifetime } from "../remote/lifetime.ts";
import { whileBusy } from "../remote/poll.ts";
import { type PromptPlan, promptPlanOf, revisePromptPlan } from "../remote/prompt-plan.ts";
import { durationOf, openPlan, planNow, refuseLyrics, unknownHealth } from "../remote/wishes.ts";
import type { OpenGeneratorOptions } from "../technology.ts";
import { fieldsOf, formOf } from "./fields.ts";
import type { AudioHttpPlace } from "./place.ts";

type AudioHttpOptions = Pick<OpenGeneratorOptions, "intake" | "firstChunkMs" | "stallMs" | "key">;

export function createAudioHttp(place: AudioHttpPlace, options: AudioHttpOptions): Generator {
  const { intake, key, firstChunkMs, stallMs } = options;
  const { dialect, url } = place;
  const lifetime = createLifetime();
  const headers = { accept: "audio/*", ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
  const secrets = key === undefined ? [] : [key];

  const make = async function* (
    plan: PromptPlan,
    { options: wishes }: GenerationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GeneratedChunk, void, void> {
    const fields = fieldsOf(plan, wishes, place);
    const sent =
      dialect.sends === "form"
        ? { method: "POST" as const, headers, body: formOf(fields) }
        : jsonCall(fields, headers);
    const call = { ...sent, timeoutMs: firstChunkMs, secrets };
    const answer = await whileBusy(
      () => callForAudio(url, call, signal),
      { limitMs: busyLimitMs(firstChunkMs) },
      signal,
    );
    const format = place.answer ?? formatOfAnswer(answer);
    const source = { format, durationMs: plan.durationSeconds * 1000 };
    yield* intake.take(bytesOf(answer, signal), source, signal);
  };

  return {
    name: "audio",
    deterministic: false,
    canResume: false,
    durationOf,
    async start(request, outer) {
      const signal = lifetime.signalFor(outer);
      checkRequest(request, { secondsMin: 10, secondsMax: dialect.secondsMax ?? 600 });
      if (dialect.fields.lyrics === undefined) refuseLyrics(request.options);
      const plan = planNow(promptPlanOf(request), request);
      let isStarted = false;
      return farGeneration({
        plan: openPlan(request, plan),
        request,
        signal,
        firstChunkMs,
        stallMs,
        make: (inner) => {
          isStarted = true;
          return make(plan, request, inner);
        },
        // These servers have no call that cancels a piece, and many don't notice that the connection was closed.
        stopFar: async () => (isStarted ? "left running" : "stopped"),
      });
    },
    revise: async (request) => revisePromptPlan(request, "prompt"),
    health: async () => unknownHealth,
    close: async () => lifetime.close(),
  };
}
