// Opens the chunk cache of a process.
import type { Config } from "../config/config.ts";
import type { ChunkCache } from "../ports/chunk-cache/chunk-cache.ts";
import { openChunkCache } from "../ports/chunk-cache/open.ts";
import type { Log } from "../process/log.ts";

export const openCache = ({ cacheUrl }: Pick<Config, "cacheUrl">, log: Log): Promise<ChunkCache> =>
  openChunkCache(cacheUrl, {
    onError: (err) =>
      log.warn(
        { err },
        "the chunk cache reported an error; until it works, chunks are read from the chunk store",
      ),
  });
