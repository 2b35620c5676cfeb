// Finds the request that the server received, for a changed copy of this request. A server knows only the connection of
// the received request.

const originals = new WeakMap<Request, Request>();

export function rememberOriginal(copy: Request, original: Request): void {
  originals.set(copy, originalOf(original));
}

/** Returns the request itself if it is no copy. */
export const originalOf = (request: Request): Request => originals.get(request) ?? request;
