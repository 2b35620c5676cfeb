// Defines the events of a generation. Each event is one JSON value in the stream of events.
import type { AppendResult, ChunkStore, Producer } from "../ports/chunk-store/chunk-store.ts";
import type { FarEnd, GeneratedBar, PlanWords } from "../ports/generator/generator.ts";
import { eventsKey } from "../streams/stream-keys.ts";

export type GenerationEvent =
  | { readonly type: "queued"; readonly at: string }
  /**
   * The queue position of a waiting generation, and the estimated seconds until the generation starts. Each event
   * replaces the previous one.
   */
  | { readonly type: "queue"; readonly at: string; readonly place: number; readonly seconds: number }
  | {
      readonly type: "started";
      readonly at: string;
      readonly title: string;
      /** Null for a piece that continues until it is stopped. */
      readonly plannedMs: number | null;
      /** Null if the generator doesn't know the size in advance. */
      readonly plannedBytes: number | null;
      /** The parts of the prompt that the generator understood, if it reports them. */
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
      /**
       * The bars that begin in this chunk, with their chords. Undefined if there are none or the generator doesn't know
       * them.
       */
      readonly bars?: readonly GeneratedBar[];
      /**
       * The waveform of the chunk as base64: for each fiftieth of a second, the lowest and the highest sample (8 bits
       * each, signed).
       */
      readonly peaks: string;
    }
  /** A report by a generator on another machine. */
  | {
      readonly type: "report";
      readonly at: string;
      readonly generatedMs?: number;
      /** The share of the work that is done, from 0 to 1. */
      readonly progress?: number;
      readonly queued?: number;
      readonly etaSeconds?: number;
      readonly stage?: string;
      /** Present if the generator gave up. */
      readonly failure?: { readonly reason: string; readonly hint?: string };
    }
  | { readonly type: "complete"; readonly at: string; readonly generatedMs: number }
  | { readonly type: "failed"; readonly at: string; readonly code: string; readonly reason: string }
  | {
      readonly type: "cancelled";
      readonly at: string;
      /** Whether a generator on another machine stopped, too. Undefined if this is not known. */
      readonly generatorEnd?: FarEnd;
    };

export const eventsContentType = "application/json";

/**
 * The producer id of the events that are appended while a generation waits or runs. Appends use the
 * epoch 0 while the generation is queued. After that, they use the epoch under which a worker has
 * claimed the generation.
 */
export const eventsProducerId = "generation";

/**
 * Encodes one event as a separate chunk, which is how messages of a JSON stream are stored (Durable Streams, JSON
 * mode).
 */
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
