// Defines the type of an object store technology and the options for opening it.
import type { Technology } from "../technology.ts";
import type { ObjectLinks } from "./object-links.ts";
import type { ObjectStore } from "./object-store.ts";

export interface OpenObjectStoreOptions {
  /** An object with more bytes than this is stored in parts of this size. If undefined, the technology chooses. */
  readonly partBytes: number | undefined;
  /** A secret key of 32 bytes. The store encrypts the session URLs of unfinished uploads with it. */
  readonly noteKey: Uint8Array;
}

interface OpenedObjects {
  /** If undefined, finished audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** Creates links to finished audio in the store. If undefined, the API itself serves finished audio. */
  readonly objectLinks: ObjectLinks | undefined;
}

export type ObjectStoreTechnology = Technology<OpenObjectStoreOptions, OpenedObjects>;
