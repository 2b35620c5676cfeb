// Stops the generations that a page has started and that still run, so that they don't slow down the next test.
import type { Page } from "playwright-core";

export interface Makings {
  /** Uses the page's session to stop the generations that the page has started. Complete pieces stay as they are. */
  stop(): Promise<void>;
}

export function watchMakings(page: Page): Makings {
  const addresses = new Set<string>();
  page.on("response", (res) => {
    if (res.request().method() !== "POST" || !res.url().endsWith("/v1/generations") || !res.ok()) return;
    void res.json().then(
      ({ requestId }) => addresses.add(`${res.url()}/${requestId}`),
      // The page was left before the answer was read.
      () => undefined,
    );
  });
  return {
    async stop() {
      const { request } = page.context();
      // The server may have been stopped by the test.
      for (const address of addresses)
        await request.delete(address, { timeout: 5_000 }).catch(() => undefined);
      addresses.clear();
    },
  };
}
