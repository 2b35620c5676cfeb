// Lists the technologies for the chunk cache. To add a technology, create its folder beside this file and add the
// technology to this list.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import { memory } from "./memory/index.ts";
import { redis } from "./redis/index.ts";
import type { OpenChunkCacheOptions, ChunkCacheTechnology } from "./technology.ts";

export const chunkCaches: readonly ChunkCacheTechnology[] = [memory, redis];

export const openChunkCache = ({ scheme, location }: StoreUrl, options: OpenChunkCacheOptions) =>
  technologyOf(chunkCaches, scheme).open(location, options);
