// Stops those generations of a page that still run, so that they don't slow down the next test.
import type { Page } from "playwright-core";

export interface Makings {
  /**
   * Uses the page's session to stop the generations that the page has started since `watchMakings` was called. Complete
   * pieces stay as they are. A failed request is ignored.
   */
  stop(): Promise<void>;
}

export function watchMakings(page: Page): Makings {
  const addresses = new Set<string>();
  page.on("response", (res) => {
    if (res.request().method() !== "POST" || !res.url().endsWith("/v1/generations") || !res.ok()) return;
    void res.json().then(
      ({ requestId }) => addresses.add(`${res.url()}/${requestId}`),
      // The browser left the page before the answer was read.
      () => undefined,
    );
  });
  return {
    async stop() {
      const { request } = page.context();
      // A request fails if the test has stopped the server.
      for (const address of addresses)
        await request.delete(address, { timeout: 5_000 }).catch(() => undefined);
      addresses.clear();
    },
  };
}
