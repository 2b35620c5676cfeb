// Opens the chunk store of a process. If streams are being moved, also opens the former store, and returns one chunk
// store that uses both stores.
import type { Config } from "../config/config.ts";
import type { ChunksEnd } from "../moves/stores/move-chunks.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import { createMovingChunks } from "../ports/chunk-store/moving-store.ts";
import { openChunkStore, openStreamCopy } from "../ports/chunk-store/open.ts";
import type { OpenChunkStoreOptions } from "../ports/chunk-store/technology.ts";
import type { StoreUrl } from "../ports/store-url.ts";
import { openStore } from "../process/start-errors.ts";
import type { MovePair } from "./move-pair.ts";

interface OpenedChunks {
  readonly chunkStore: ChunkStore;
  /** The former and the new store, for the move. Undefined if no streams are being moved. */
  readonly pair: MovePair<ChunksEnd> | undefined;
}

export async function openChunks(
  { chunksUrl, chunksFromUrl }: Pick<Config, "chunksUrl" | "chunksFromUrl">,
  options: OpenChunkStoreOptions,
): Promise<OpenedChunks> {
  const open = (setting: string, url: StoreUrl) =>
    openStore(setting, url, () => openChunkStore(url, options));
  const store = await open("RONDO_CHUNKS_URL", chunksUrl);
  if (chunksFromUrl === undefined) return { chunkStore: store, pair: undefined };
  const former = await open("RONDO_CHUNKS_FROM", chunksFromUrl);
  const storeCopy = await openStreamCopy(chunksUrl, options);
  const formerCopy = await openStreamCopy(chunksFromUrl, options);
  return {
    chunkStore: createMovingChunks({ store, former, storeCopy, formerCopy }),
    pair: { from: { store: former, copy: formerCopy }, to: { store, copy: storeCopy } },
  };
}
