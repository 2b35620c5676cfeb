// Defines the type of an object store technology and the options for opening it.
import type { Technology } from "../technology.ts";
import type { ObjectLinks } from "./object-links.ts";
import type { ObjectStore } from "./object-store.ts";

export interface OpenObjectStoreOptions {
  /** Larger objects are stored in parts of this size. If undefined, the technology chooses the size. */
  readonly partBytes: number | undefined;
  /** 32 secret bytes that protect a store's records of unfinished uploads. */
  readonly noteKey: Uint8Array;
}

interface OpenedObjects {
  /** If undefined, finished audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** If undefined, the API serves finished audio. */
  readonly objectLinks: ObjectLinks | undefined;
}

export type ObjectStoreTechnology = Technology<OpenObjectStoreOptions, OpenedObjects>;
