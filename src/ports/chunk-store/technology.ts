// What the front door of a technology for the chunk store offers.
import type { Technology } from "../technology.ts";
import type { ChunkStore } from "./chunk-store.ts";

export interface OpenChunkStoreOptions {
  /** 32 secret bytes, from which a store makes the credentials of each business. */
  readonly credentialKey: Uint8Array;
  /** Errors of the background, which no caller gets. */
  readonly onError: (err: unknown) => void;
}

export type ChunkStoreTechnology = Technology<OpenChunkStoreOptions, ChunkStore>;
