// Finds the methods that a path allows. The response to a request with any other method lists the
// allowed methods in the Allow header.
import type { RouterRoute } from "hono/types";
import { TrieRouter } from "hono/router/trie-router";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/**
 * At its first call, the returned function reads all routes. Routes that are registered later are not found. Routes
 * that handle every method are ignored.
 */
export function createAllowedMethods(routes: () => readonly RouterRoute[]) {
  let router: TrieRouter<true> | undefined;
  /** Returns the value of the Allow header, or undefined if the path allows none of the methods. */
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
