// Lists the paths of the API. The page's development server forwards requests for these paths to the API. A test checks
// that the list covers every route, and that each entry has a route.

/** Each entry stands for all paths that begin with this text. */
export const apiPaths: readonly string[] = [
  "/v1",
  "/mcp",
  "/docs",
  "/openapi.json",
  "/health",
  "/ready",
  "/metrics",
  "/s/",
  "/embed/",
  "/oembed",
];
