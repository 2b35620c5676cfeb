// Defines the types that the files of this folder share: the dependencies, the input and the progress of a run. A run
// is one call of `runGeneration`, which makes the audio of a generation.
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
  /** The chunk store behind `streams`. A run watches it to notice a cancellation while the generator sends nothing. */
  readonly chunkStore: Pick<ChunkStore, "watch">;
  readonly generator: Generator;
  /** Chooses the generator for this generation, if there are several generators. */
  readonly chooseGenerator?: (
    businessId: string,
    generation: { readonly generator: string | null; readonly madeBy: string | null },
  ) => Promise<Generator>;
  readonly jobs: Pick<JobQueue, "add">;
  /**
   * Throws STORAGE_FULL if a disk has too little free space. New work is refused while some space is still free, so
   * that running generations can end. A running generation may use the fraction `share` (0 to 1) of this space.
   */
  readonly room: { refuseWhenLow(options: { readonly share: number }): void };
  /** The store for finished audio. If undefined, the audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** Creates links to audio for generators. Undefined if Rondo's own address is not known. */
  readonly audioUrlOf?: AudioUrlOf;
  /**
   * The time limit for the first chunk of a generator, in milliseconds. At the limit, the run fails with
   * GENERATION_FAILED and the generator is stopped. The default is 3 minutes. For a generator on another machine, one
   * second is added, because the adapter of the generator has the same limit and reports a more precise error.
   */
  readonly firstChunkMs?: number;
  /**
   * The limit for the time between two chunks, in milliseconds. The rules of `firstChunkMs` apply to this limit, too.
   * The default is 1 minute.
   */
  readonly stallMs?: number;
}

export interface RunGenerationInput {
  readonly businessId: string;
  readonly requestId: string;
  /** The version, if it is known. A run whose generation no longer exists deletes the audio of this version. */
  readonly versionId?: string | undefined;
  /**
   * The owner of the job. Jobs of different owners take turns. For a guest, the owner is the hashed IP address, if
   * known; for all other users, it is the id of the user. If this field is undefined, the id of the user is used.
   */
  readonly owner?: string | undefined;
  /**
   * Whether this is the last attempt. If the last attempt fails, the generation fails. Exception: if a store or the
   * generator is unavailable, the generation is tried again later. If another attempt can't help or is not allowed, the
   * generation fails before the last attempt.
   */
  readonly lastAttempt: boolean;
  /** Returns whether this run should end early for another job. Then the generation continues at its next turn. */
  readonly isWanted?: IsWanted;
}

export interface MakeAudioDeps extends RunGenerationDeps {
  readonly database: BusinessDatabase;
}

export interface MakeAudioInput extends RunGenerationInput {
  readonly claimed: Claimed;
  /**
   * The run aborts this controller to stop the generator. If another run will continue the work of the generator, the
   * reason of the abort is a HandOverError. So the run must know this before it aborts.
   */
  readonly stop: AbortController;
  /** Gets a promise that reports, after an abort, whether a generator on another machine stopped. */
  readonly onFarEnd: (end: Promise<FarEnd>) => void;
}

/** The data of a run that `appendChunks` and `followChunks` need. */
export interface Making {
  readonly generation: Generation;
  /** The chunks of the run. Leaving the loop that reads them doesn't stop the generator. */
  readonly chunks: AsyncIterable<GeneratedChunk>;
  readonly producer: { readonly id: string; readonly epoch: number };
  readonly waits: ChunkWaits;
  readonly outline: LoudnessOutline;
  /** The length that earlier runs reported, in milliseconds. Undefined if no earlier run reported its start. */
  readonly reportedMs: number | undefined;
  readonly tell: (event: GenerationEvent, close?: boolean) => Promise<unknown>;
}

export interface MadeAudio {
  readonly generatedMs: number;
  readonly bytes: number;
}
