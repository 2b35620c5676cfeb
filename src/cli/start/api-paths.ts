// Lists the paths of the API, whose requests the page's development server forwards. A test checks that the list is complete.

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
