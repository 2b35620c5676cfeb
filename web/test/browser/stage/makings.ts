// Stops what a page has requested and what is still being made, so that it doesn't slow down the next test.
import type { Page } from "playwright-core";

export interface Makings {
  /** Stops the generations that the page has started, as the person of its session. Pieces that are complete stay as they are. */
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
