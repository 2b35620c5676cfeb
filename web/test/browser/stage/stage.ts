// Builds the page, and starts the processes of browser tests: the app with the page, and Chromium.
import type { Browser } from "playwright-core";
import { type RondoProcesses, startRondo } from "../../../../src/testing/whole/processes/rondo-processes.ts";
import { buildPage, launchChromium } from "./open-page.ts";

export const TEST_MS_MAX = 120_000;

export interface Stage extends AsyncDisposable {
  readonly app: RondoProcesses;
  readonly browser: Browser;
}

/** If the app or the browser can't start, throws the error of this start. If both fail, throws the app's error. */
export async function setStage(launch = launchChromium): Promise<Stage> {
  await buildPage();
  const [app, browser] = await Promise.allSettled([startRondo(), launch()]);
  if (app.status === "rejected" || browser.status === "rejected") {
    // If only one of the two has started, it is stopped, because it must not outlive the test.
    if (app.status === "fulfilled") await app.value[Symbol.asyncDispose]();
    if (browser.status === "fulfilled") await browser.value.close();
    throw app.status === "rejected" ? app.reason : (browser as PromiseRejectedResult).reason;
  }
  return {
    app: app.value,
    browser: browser.value,
    async [Symbol.asyncDispose]() {
      await browser.value.close();
      await app.value[Symbol.asyncDispose]();
    },
  };
}
