// Lists the paths of the API. The page's development server forwards requests for these paths to the API. A test checks
// that the list is complete.

/** Each path stands for all paths that begin with it. */
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
