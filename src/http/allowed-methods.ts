// Which methods an address takes, for whoever comes with another.
import type { RouterRoute } from "hono/types";
import { TrieRouter } from "hono/router/trie-router";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** Asked for the first time after all routes are there. Addresses that answer every method themselves are not among them. */
export function createAllowedMethods(routes: () => readonly RouterRoute[]) {
  let router: TrieRouter<true> | undefined;
  /** As Allow lists them; undefined: there is no such address. */
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
    // "ALL" is a middleware, and "/*" answers what is no address of ours with the page.
    if (method !== "ALL" && path !== "/*") router.add(method, path, true);
  return router;
}
