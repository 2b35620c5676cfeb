// Lists the technologies for the chunk store. To add a technology, create its folder beside this file and add the
// technology to `chunkStores`.
import type { StoreUrl } from "../store-url.ts";
import { technologyOf } from "../technology.ts";
import { mongodb } from "./mongodb/index.ts";
import { sqlite } from "./sqlite/index.ts";
import type { OpenChunkStoreOptions, ChunkStoreTechnology } from "./technology.ts";

export const chunkStores: readonly ChunkStoreTechnology[] = [sqlite, mongodb];

export const openChunkStore = ({ scheme, location }: StoreUrl, options: OpenChunkStoreOptions) =>
  technologyOf(chunkStores, scheme).open(location, options);

export const openStreamCopy = ({ scheme, location }: StoreUrl, options: OpenChunkStoreOptions) =>
  technologyOf(chunkStores, scheme).openCopy(location, options);
