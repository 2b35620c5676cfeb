// The addresses of the API, so that the development server of the page passes their requests on. A test holds the list.

/** Each covers every address that begins with it. */
export const apiPaths: readonly string[] = [
  "/v1",
  "/mcp",
  "/docs",
  "/openapi.json",
  "/health",
  "/ready",
  "/metrics",
];
