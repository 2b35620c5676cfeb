// What the front door of a technology for the chunk cache offers.
import type { Technology } from "../technology.ts";
import type { ChunkCache } from "./chunk-cache.ts";

export interface OpenChunkCacheOptions {
  /** Errors of the background, which no caller gets. */
  readonly onError: (err: unknown) => void;
}

export type ChunkCacheTechnology = Technology<OpenChunkCacheOptions, ChunkCache>;
