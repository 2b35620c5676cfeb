// Defines the type of a chunk store technology and the options for opening it.
import type { Technology } from "../technology.ts";
import type { ChunkStore } from "./chunk-store.ts";
import type { StreamCopy } from "./stream-copy.ts";

export interface OpenChunkStoreOptions {
  /** 32 secret bytes, from which a store derives the credentials of each business. */
  readonly credentialKey: Uint8Array;
  /** Is called with the errors of background work, because no caller can receive them. */
  readonly onError: (err: unknown) => void;
}

export interface ChunkStoreTechnology extends Technology<OpenChunkStoreOptions, ChunkStore> {
  /** Opens the store at this location for moving complete streams. */
  openCopy(location: string, options: OpenChunkStoreOptions): Promise<StreamCopy>;
}
