// Lists the addresses of the API. The development server of the page passes their requests on. A test checks that the list is complete.

/** Each path stands for all addresses that begin with it. */
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
