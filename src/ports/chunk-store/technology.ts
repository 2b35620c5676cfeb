// Defines the type of a technology for the chunk store, and the options that it is opened with.
import type { Technology } from "../technology.ts";
import type { ChunkStore } from "./chunk-store.ts";
import type { StreamCopy } from "./stream-copy.ts";

export interface OpenChunkStoreOptions {
  /** 32 secret bytes, from which a store makes the credentials of each business. */
  readonly credentialKey: Uint8Array;
  /** Receives the errors of background work, which have no caller. */
  readonly onError: (err: unknown) => void;
}

export interface ChunkStoreTechnology extends Technology<OpenChunkStoreOptions, ChunkStore> {
  /** Opens the same store for a move of whole streams. */
  openCopy(location: string, options: OpenChunkStoreOptions): Promise<StreamCopy>;
}
