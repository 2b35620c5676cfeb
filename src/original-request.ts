// Finds the request that the server received, if a part of the app works with a changed copy of it. Servers know the connection of the received one only.

const originals = new WeakMap<Request, Request>();

export function rememberOriginal(copy: Request, original: Request): void {
  originals.set(copy, originalOf(original));
}

/** Returns the request itself if it is no copy. */
export const originalOf = (request: Request): Request => originals.get(request) ?? request;
