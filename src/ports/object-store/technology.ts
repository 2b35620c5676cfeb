// Defines the type of an object store technology and the options for opening it.
import type { Technology } from "../technology.ts";
import type { ObjectLinks } from "./object-links.ts";
import type { ObjectStore } from "./object-store.ts";

export interface OpenObjectStoreOptions {
  /** Larger objects are stored in parts of this size. If undefined, the technology chooses the size. */
  readonly partBytes: number | undefined;
  /** A secret key of 32 bytes. The store encrypts the session URLs of unfinished uploads with it. */
  readonly noteKey: Uint8Array;
}

interface OpenedObjects {
  /** If undefined, finished audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** If undefined, the API serves finished audio. */
  readonly objectLinks: ObjectLinks | undefined;
}

export type ObjectStoreTechnology = Technology<OpenObjectStoreOptions, OpenedObjects>;
