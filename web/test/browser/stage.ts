// Starts the processes of browser tests: the app with the built page, and Chromium.
import type { Browser } from "playwright-core";
import { type RondoProcesses, startRondo } from "../../../src/testing/whole/processes/rondo-processes.ts";
import { buildPage, launchChromium } from "./open-page.ts";

export const TEST_MS_MAX = 60_000;

export interface Stage extends AsyncDisposable {
  readonly app: RondoProcesses;
  readonly browser: Browser;
}

export async function setStage(): Promise<Stage> {
  await buildPage();
  const [app, browser] = await Promise.all([startRondo(), launchChromium()]);
  return {
    app,
    browser,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await app[Symbol.asyncDispose]();
    },
  };
}
