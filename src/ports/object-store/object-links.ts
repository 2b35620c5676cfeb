// Addresses at which a store gives an object to whoever has the address, without us in between. Names no technology.
import type { ObjectKey } from "./object-store.ts";

export interface LinkOptions {
  /** At most a week. */
  readonly expiresInSeconds: number;
  /** What the answer calls the content; that of the object where not given. */
  readonly contentType?: string;
  /** The answer's Content-Disposition. */
  readonly contentDisposition?: string;
}

/** Only for stores that the world can reach; where there is none, content goes through us. */
export interface ObjectLinks {
  /** The origin of all links. */
  readonly origin: string;
  /**
   * Good for reading (GET, HEAD, Range) this object until it expires. Also given where there is no such object;
   * the store then answers 404. Errors: UNAVAILABLE where it can't be signed.
   */
  readLink(key: ObjectKey, options: LinkOptions): Promise<string>;
}
