// Remembers for each copy of a request, for example a copy with another URL, the received request. Bun's server finds
// the connection of a request, and thus the client's address, only by the received `Request` object, not by a copy.

const originals = new WeakMap<Request, Request>();

export function rememberOriginal(copy: Request, original: Request): void {
  originals.set(copy, originalOf(original));
}

/**
 * Returns the received request of which `request` is a copy, or `request` itself if `request` is not a remembered
 * copy.
 */
export const originalOf = (request: Request): Request => originals.get(request) ?? request;
