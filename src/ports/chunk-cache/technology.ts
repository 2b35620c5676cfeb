// Defines the type of a technology for the chunk cache, and the options that it is opened with.
import type { Technology } from "../technology.ts";
import type { ChunkCache } from "./chunk-cache.ts";

export interface OpenChunkCacheOptions {
  /** Receives the errors of background work, which have no caller. */
  readonly onError: (err: unknown) => void;
}

export type ChunkCacheTechnology = Technology<OpenChunkCacheOptions, ChunkCache>;
