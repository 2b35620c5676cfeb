// Some requests are copies of a received request, for example with another URL. This file remembers the received request
// of each copy. Bun's server finds the connection, and thus the client's address, only by the received `Request` object,
// and not by a copy.

const originals = new WeakMap<Request, Request>();

export function rememberOriginal(copy: Request, original: Request): void {
  originals.set(copy, originalOf(original));
}

/**
 * If `request` is a remembered copy, returns the received request from which it was copied. Otherwise returns `request`
 * itself.
 */
export const originalOf = (request: Request): Request => originals.get(request) ?? request;
