// Defines signed links: anyone with the link can read an object directly from the store, without
// credentials. This file does not depend on a specific technology.
import type { ObjectKey } from "./object-store.ts";

interface LinkOptions {
  /** How long the link is valid, in seconds. The maximum is a week. */
  readonly expiresInSeconds: number;
  /** The Content-Type of the response. Defaults to the object's content type. */
  readonly contentType?: string;
  /** The Content-Disposition of the response. */
  readonly contentDisposition?: string;
}

/**
 * Creates signed links. A store is allowed to provide signed links only if clients can reach the
 * store. If a store provides none, the API itself serves the content.
 */
export interface ObjectLinks {
  /** The origin of all links. */
  readonly origin: string;
  /**
   * Returns a link to read the object (GET, HEAD, Range) until the link expires. Does not check
   * whether the object exists: for a missing object, the store answers the request with 404. Error:
   * UNAVAILABLE if the link can't be signed.
   * Example: `await links.readLink(key, { expiresInSeconds: 3_600 })`.
   */
  readLink(key: ObjectKey, options: LinkOptions): Promise<string>;
}
