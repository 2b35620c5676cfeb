// Defines the type of a chunk cache technology and the options for opening it.
import type { Technology } from "../technology.ts";
import type { ChunkCache } from "./chunk-cache.ts";

export interface OpenChunkCacheOptions {
  /** Is called with each error of background work, because no caller can receive such an error. */
  readonly onError: (err: unknown) => void;
}

export type ChunkCacheTechnology = Technology<OpenChunkCacheOptions, ChunkCache>;
