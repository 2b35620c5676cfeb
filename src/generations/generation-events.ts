// Defines the events of a generation, one JSON value each, in its events stream.
import type { AppendResult, ChunkStore, Producer } from "../ports/chunk-store/chunk-store.ts";
import type { FarEnd, GeneratedBar, PlanWords } from "../ports/generator/generator.ts";
import { eventsKey } from "../streams/stream-keys.ts";

export type GenerationEvent =
  | { readonly type: "queued"; readonly at: string }
  /** The place of a waiting generation, and the estimated seconds until its first sound. Each event replaces the event before. */
  | { readonly type: "queue"; readonly at: string; readonly place: number; readonly seconds: number }
  | {
      readonly type: "started";
      readonly at: string;
      readonly title: string;
      /** Null for a piece that goes on until it is stopped. */
      readonly plannedMs: number | null;
      readonly plannedBytes: number | null;
      /** The generator's understanding of the prompt, if the generator reports it. */
      readonly understood?: readonly string[];
      readonly notUnderstood?: readonly string[];
      readonly plan?: PlanWords;
    }
  | {
      readonly type: "progress";
      readonly at: string;
      readonly startMs: number;
      readonly generatedMs: number;
      /** The estimated seconds until the generation is complete, if they are known. */
      readonly secondsLeft?: number;
      readonly section?: string;
      readonly bar?: number;
      /** The bars that begin in this chunk, with their chords; absent if there are none or the generator doesn't know them. */
      readonly bars?: readonly GeneratedBar[];
      /** Signed 8-bit minimum and maximum, 50 pairs per second, base64. */
      readonly peaks: string;
    }
  /** The events that a generator on another machine sends itself. */
  | {
      readonly type: "report";
      readonly at: string;
      readonly generatedMs?: number;
      /** The part that is done, from 0 to 1. */
      readonly progress?: number;
      readonly queued?: number;
      readonly etaSeconds?: number;
      readonly stage?: string;
      /** The generator gave up. */
      readonly failure?: { readonly reason: string; readonly hint?: string };
    }
  | { readonly type: "complete"; readonly at: string; readonly generatedMs: number }
  | { readonly type: "failed"; readonly at: string; readonly code: string; readonly reason: string }
  | {
      readonly type: "cancelled";
      readonly at: string;
      /** Whether a generator on another machine stopped, too. */
      readonly generatorEnd?: FarEnd;
    };

export const eventsContentType = "application/json";

/** The producer of a generation's events: epoch 0 while it is queued, then the epoch of the run. */
export const eventsProducerId = "generation";

/** Encodes one message of a JSON stream as it is stored: as a separate chunk (Durable Streams, JSON mode). */
export const storedJson = (value: GenerationEvent): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(value));

export const readStoredJson = (chunk: Uint8Array): GenerationEvent =>
  JSON.parse(new TextDecoder().decode(chunk)) as GenerationEvent;

export interface AppendEventOptions {
  readonly producer?: Producer;
  readonly close?: boolean;
}

export function appendEvent(
  streams: Pick<ChunkStore, "append">,
  businessId: string,
  requestId: string,
  event: GenerationEvent,
  options: AppendEventOptions = {},
): Promise<AppendResult> {
  return streams.append(eventsKey(businessId, requestId), { chunks: [storedJson(event)], ...options });
}
