// Remembers from which received request a copy was made, for example a copy with another URL. The server finds the
// connection only by the request that it received itself.

const originals = new WeakMap<Request, Request>();

export function rememberOriginal(copy: Request, original: Request): void {
  originals.set(copy, originalOf(original));
}

/** Returns the request itself if it is no copy. */
export const originalOf = (request: Request): Request => originals.get(request) ?? request;
