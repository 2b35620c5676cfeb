// Defines the type of a technology for the object store, and the options that it is opened with.
import type { Technology } from "../technology.ts";
import type { ObjectLinks } from "./object-links.ts";
import type { ObjectStore } from "./object-store.ts";

export interface OpenObjectStoreOptions {
  /** Larger objects are stored in parts of this size; undefined: each object is stored as one. */
  readonly partBytes: number | undefined;
  /** 32 secret bytes that protect a store's records of unfinished uploads. */
  readonly noteKey: Uint8Array;
}

interface OpenedObjects {
  /** undefined: finished audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** undefined: finished audio is sent through the API. */
  readonly objectLinks: ObjectLinks | undefined;
}

export type ObjectStoreTechnology = Technology<OpenObjectStoreOptions, OpenedObjects>;
