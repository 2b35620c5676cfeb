// Defines the type of an object store technology and the options for opening it.
import type { Technology } from "../technology.ts";
import type { ObjectLinks } from "./object-links.ts";
import type { ObjectStore } from "./object-store.ts";

export interface OpenObjectStoreOptions {
  /**
   * The size of a part, in bytes. A larger object is written in several parts. S3 uses 5 MiB if this number is smaller.
   * If undefined, each technology uses its own default.
   */
  readonly partBytes: number | undefined;
  /**
   * A secret key of 32 bytes. The adapter for Google Cloud Storage encrypts the session URLs of unfinished uploads with
   * this key. Other adapters ignore the key.
   */
  readonly noteKey: Uint8Array;
}

interface OpenedObjects {
  /** Undefined if no object store is configured. Then finished audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** Creates links to finished audio in the store. If undefined, the API itself serves finished audio. */
  readonly objectLinks: ObjectLinks | undefined;
}

export type ObjectStoreTechnology = Technology<OpenObjectStoreOptions, OpenedObjects>;
