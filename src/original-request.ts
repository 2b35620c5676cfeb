// Remembers the received request of each copy of a request. A request is copied, for example, to change its URL. Bun's
// server finds the connection, and thus the client's address, only by the received `Request` object, and not by a copy.

const originals = new WeakMap<Request, Request>();

export function rememberOriginal(copy: Request, original: Request): void {
  originals.set(copy, originalOf(original));
}

/**
 * Returns the received request of which `request` is a copy, or `request` itself if `request` is not a remembered
 * copy.
 */
export const originalOf = (request: Request): Request => originals.get(request) ?? request;
