// What the parts of a run share: its dependencies, its input, and what they learn on the way.
import type { BusinessDatabase, OpenDatabases } from "../businesses/databases/open-databases.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import type { FarEnd, GeneratedChunk, Generation, Generator } from "../ports/generator/generator.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import type { GenerationEvent } from "./generation-events.ts";
import type { Claimed } from "./generation-record.ts";
import type { AudioUrlOf } from "./generation-request.ts";
import type { IsWanted } from "./give-way.ts";
import type { LoudnessOutline } from "./loudness-outline.ts";
import type { ChunkWaits } from "./until-stalled.ts";

export interface RunGenerationDeps {
  readonly databases: OpenDatabases;
  readonly streams: Pick<ChunkStore, "create" | "append" | "head" | "read" | "delete">;
  /** The store itself: it notifies of a cancellation while the generator is silent. */
  readonly chunkStore: Pick<ChunkStore, "watch">;
  readonly generator: Generator;
  /** Where there are several: the one of this generation. */
  readonly chooseGenerator?: (
    businessId: string,
    generation: { readonly generator: string | null; readonly madeBy: string | null },
  ) => Promise<Generator>;
  readonly jobs: Pick<JobQueue, "add">;
  /** Throws STORAGE_FULL when running generations have used up the space reserved for them. */
  readonly room: { refuseWhenLow(options: { readonly share: number }): void };
  /** The store for finished audio; undefined: the audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** Undefined: no address of Rondo is known to generators. */
  readonly audioUrlOf?: AudioUrlOf;
  /** A generator without a first chunk for this long is stopped, in milliseconds. */
  readonly firstChunkMs?: number;
  /** A generator that sends nothing for this long between chunks is stopped. */
  readonly stallMs?: number;
}

export interface RunGenerationInput {
  readonly businessId: string;
  readonly requestId: string;
  /** If it is known, the leftovers of a purge in its streams are removed. */
  readonly versionId?: string | undefined;
  /** The owner for taking turns, where it is not the user. */
  readonly owner?: string | undefined;
  /** No run will follow this one: its failure fails the generation. */
  readonly lastAttempt: boolean;
  /** Whether this run should end early and continue at its next turn, because places are short. */
  readonly isWanted?: IsWanted;
}

export interface MakeAudioDeps extends RunGenerationDeps {
  readonly database: BusinessDatabase;
}

export interface MakeAudioInput extends RunGenerationInput {
  readonly claimed: Claimed;
  /** Ends the generator. The run aborts it when it knows whether another run goes on. */
  readonly stop: AbortController;
  /** Called with what becomes of a generator on another machine after an abort. */
  readonly onFarEnd: (end: Promise<FarEnd>) => void;
}

/** What both ways of making know of a run. */
export interface Making {
  readonly generation: Generation;
  /** Its chunks. Leaving the loop doesn't end the generator yet. */
  readonly chunks: AsyncIterable<GeneratedChunk>;
  readonly producer: { readonly id: string; readonly epoch: number };
  readonly waits: ChunkWaits;
  readonly outline: LoudnessOutline;
  /** How far an earlier run had reported, in milliseconds; undefined if there was none. */
  readonly reportedMs: number | undefined;
  readonly tell: (event: GenerationEvent, close?: boolean) => Promise<unknown>;
}

export interface MadeAudio {
  readonly generatedMs: number;
  readonly bytes: number;
}
