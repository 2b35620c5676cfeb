// Finds the methods that a path allows. The methods are sent in the Allow header when a request has another method.
import type { RouterRoute } from "hono/types";
import { TrieRouter } from "hono/router/trie-router";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/**
 * The returned function reads the routes at its first call, when all routes are registered. Paths that handle every
 * method themselves are not included.
 */
export function createAllowedMethods(routes: () => readonly RouterRoute[]) {
  let router: TrieRouter<true> | undefined;
  /** Returns the value of the Allow header; undefined for an unknown path. */
  return (path: string): string | undefined => {
    router ??= routerOf(routes());
    const allowed = methods.filter((method) => router!.match(method, path)[0].length > 0);
    if (allowed.length === 0) return undefined;
    return allowed.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
  };
}

function routerOf(routes: readonly RouterRoute[]): TrieRouter<true> {
  const router = new TrieRouter<true>();
  for (const { method, path } of routes)
    // "ALL" is middleware or a path that handles every method. "/*" serves the page for unknown paths.
    if (method !== "ALL" && path !== "/*") router.add(method, path, true);
  return router;
}
