// Tests in Chromium what makes the page fast: the order and the number of its requests, the order in which its parts
// are drawn, and that almost nothing moves while the page of a piece is loaded.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import {
  ask,
  browserTest as test,
  hasChromium,
  heardPast,
  openPage,
  phone,
  whole,
} from "./stage/open-page.ts";
import { openWithPieces } from "./stage/open-with-pieces.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

test(
  "the audio of a new piece is requested before the page shows the piece",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page } = opened;
    await page.evaluate(() => {
      const { fetch } = globalThis;
      const shown: boolean[] = [];
      Object.assign(globalThis, {
        shown,
        fetch(...given: Parameters<typeof fetch>) {
          if (/\/audio$/.test(String(given[0])))
            shown.push(document.querySelector(".now-title, .track") !== null);
          return fetch(...given);
        },
      });
    });
    await ask(page, "slow piano in the rain", "30 s");
    await heardPast(page, 0.3);
    expect((await page.evaluate(() => (globalThis as unknown as { shown: boolean[] }).shown))[0]).toBe(false);
  },
  TEST_MS_MAX,
);

/**
 * Returns one word for each response of the API, except for audio. The word is "no worker" if the request did not pass
 * a service worker. Otherwise it is the source of the response as Chromium reports it (`workerFinalSourceType`), such
 * as "network".
 */
const sourcesOf = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.includes("/v1/") && !name.endsWith("/audio"))
      .map((entry) => {
        const { workerStart, workerFinalSourceType } = entry as PerformanceResourceTiming & {
          workerFinalSourceType: string;
        };
        return workerStart > 0 ? workerFinalSourceType : "no worker";
      }),
  );

test(
  "the requests of the page's scripts don't wait for the service worker",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page } = opened;
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await ask(page, "slow piano in the rain", "30 s");
    await heardPast(page, 0.3);
    await whole(page);
    const sources = await sourcesOf(page);
    expect(sources.length).toBeGreaterThan(3);
    expect(sources.filter((source) => source !== "network" && source !== "no worker")).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "while the page of a piece is loaded, almost nothing on the page moves",
  async () => {
    const pieces = [{ prompt: "slow piano in the rain" }];
    await using opened = await openWithPieces(stage.browser, stage.app.url, pieces, phone);
    const { page, complaints } = opened;
    await page.locator(".track .play").click();
    await heardPast(page, 0.3);
    await page.locator(".track .name").first().click();
    await page.waitForURL("**/p/*");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    // Each request for a query or a generation is delayed by 300 ms, as on a slow network.
    for (const path of ["**/v1/queries/*", "**/v1/generations/*"])
      await page.route(path, async (route) => {
        await page.waitForTimeout(300);
        await route.continue();
      });
    await page.evaluate(() => sessionStorage.clear());
    await page.reload({ waitUntil: "commit" });
    const moved = await page.evaluate(async () => {
      const shifts: number[] = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: "layout-shift", buffered: true });
      while (!document.querySelector(".change .chip"))
        await new Promise((resolve) => setTimeout(resolve, 50));
      await new Promise((resolve) => setTimeout(resolve, 500));
      return shifts.reduce((sum, one) => sum + one, 0);
    });
    expect(moved).toBeLessThan(0.02);
    for (const path of ["/v1/accounts/session", "/v1/queries/tracks.list"])
      expect([path, asked.filter((one) => one === path).length]).toEqual([path, 1]);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "after a request for a piece, the page draws the player before the list",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page } = opened;
    await page.evaluate(() => {
      const found = { measured: 0, hasList: undefined as boolean | undefined, measuredAtPlayer: 0 };
      const { getComputedStyle } = globalThis;
      const { getBoundingClientRect } = Element.prototype;
      globalThis.getComputedStyle = (...given) => {
        found.measured++;
        return getComputedStyle(...given);
      };
      Element.prototype.getBoundingClientRect = function () {
        found.measured++;
        return getBoundingClientRect.call(this);
      };
      // An observer is called at the end of the task that has changed the page.
      new MutationObserver(() => {
        if (found.hasList !== undefined || !document.querySelector(".now-title")) return;
        found.hasList = document.querySelector(".track") !== null;
        found.measuredAtPlayer = found.measured;
      }).observe(document.body, { childList: true, subtree: true });
      Object.assign(globalThis, { found });
    });
    await page.getByRole("radio", { name: "30 s" }).check();
    await page.getByLabel("What should it sound like?").fill("slow piano in the rain");
    await page.evaluate(() => {
      (globalThis as unknown as { found: { measured: number } }).found.measured = 0;
      const key = { key: "Enter", bubbles: true, cancelable: true };
      document.querySelector("#prompt")!.dispatchEvent(new KeyboardEvent("keydown", key));
    });
    await page.locator(".track").waitFor();
    const found = await page.evaluate(
      () => (globalThis as unknown as { found: { hasList: boolean; measuredAtPlayer: number } }).found,
    );
    expect([found.hasList, found.measuredAtPlayer]).toEqual([false, 0]);
  },
  TEST_MS_MAX,
);
