// Defines signed links: anyone with the link can read an object directly from the store, without credentials. This file names no technology.
import type { ObjectKey } from "./object-store.ts";

interface LinkOptions {
  /** How long the link is valid, in seconds; at most a week. */
  readonly expiresInSeconds: number;
  /** The Content-Type of the response. Defaults to the object's. */
  readonly contentType?: string;
  /** The Content-Disposition of the response. */
  readonly contentDisposition?: string;
}

/** Links are made only for stores that clients can reach. Without links, the API serves the content. */
export interface ObjectLinks {
  /** The origin of all links. */
  readonly origin: string;
  /**
   * Returns a link to read the object (GET, HEAD, Range) until it expires. A missing object gets a link, too; the
   * store then answers 404. Errors: UNAVAILABLE if the link can't be signed.
   * Example: `await links.readLink(key, { expiresInSeconds: 3_600 })`.
   */
  readLink(key: ObjectKey, options: LinkOptions): Promise<string>;
}
