// Defines the types that the parts of a run share: its dependencies, its input and its progress.
import type { BusinessDatabase, OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import type { FarEnd, GeneratedChunk, Generation, Generator } from "../../ports/generator/generator.ts";
import type { JobQueue } from "../../ports/job-queue/job-queue.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import type { GenerationEvent } from "../generation-events.ts";
import type { Claimed } from "../generation-record.ts";
import type { AudioUrlOf } from "./generation-request.ts";
import type { IsWanted } from "./give-way.ts";
import type { LoudnessOutline } from "./loudness-outline.ts";
import type { ChunkWaits } from "./until-stalled.ts";

export interface RunGenerationDeps {
  readonly databases: OpenDatabases;
  readonly streams: Pick<ChunkStore, "create" | "append" | "head" | "read" | "delete">;
  /** The chunk store, which notifies of a cancellation while the generator is silent. */
  readonly chunkStore: Pick<ChunkStore, "watch">;
  readonly generator: Generator;
  /** Chooses the generator of this generation, if there are several. */
  readonly chooseGenerator?: (
    businessId: string,
    generation: { readonly generator: string | null; readonly madeBy: string | null },
  ) => Promise<Generator>;
  readonly jobs: Pick<JobQueue, "add">;
  /** Throws STORAGE_FULL when running generations have used up the space reserved for them. */
  readonly room: { refuseWhenLow(options: { readonly share: number }): void };
  /** The store for finished audio; undefined: the audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** Makes links to audio for generators; undefined if Rondo's address is not known. */
  readonly audioUrlOf?: AudioUrlOf;
  /** A generator without a first chunk after this time is stopped, in milliseconds. */
  readonly firstChunkMs?: number;
  /** A generator that sends nothing for this time between chunks is stopped, in milliseconds. */
  readonly stallMs?: number;
}

export interface RunGenerationInput {
  readonly businessId: string;
  readonly requestId: string;
  /** The version, if known. If it is known, leftovers of a purge are removed from its streams. */
  readonly versionId?: string | undefined;
  /** The owner who takes turns in the queue, if that is not the user. */
  readonly owner?: string | undefined;
  /** Whether this run is the last one, so that its failure fails the generation. */
  readonly lastAttempt: boolean;
  /** Whether this run should end early and continue at its next turn, because other generations wait. */
  readonly isWanted?: IsWanted;
}

export interface MakeAudioDeps extends RunGenerationDeps {
  readonly database: BusinessDatabase;
}

export interface MakeAudioInput extends RunGenerationInput {
  readonly claimed: Claimed;
  /** Stops the generator. The run aborts this controller when it knows whether another run continues. */
  readonly stop: AbortController;
  /** Called after an abort. The argument says whether a generator on another machine stopped. */
  readonly onFarEnd: (end: Promise<FarEnd>) => void;
}

/** A run, as `appendChunks` and `followChunks` need it. */
export interface Making {
  readonly generation: Generation;
  /** The chunks of the run. Leaving the loop that reads them doesn't end the generator. */
  readonly chunks: AsyncIterable<GeneratedChunk>;
  readonly producer: { readonly id: string; readonly epoch: number };
  readonly waits: ChunkWaits;
  readonly outline: LoudnessOutline;
  /** The length that an earlier run had reported, in milliseconds; undefined if there was no earlier run. */
  readonly reportedMs: number | undefined;
  readonly tell: (event: GenerationEvent, close?: boolean) => Promise<unknown>;
}

export interface MadeAudio {
  readonly generatedMs: number;
  readonly bytes: number;
}
