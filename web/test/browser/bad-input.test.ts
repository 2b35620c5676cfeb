// Tests the page in Chromium with unusual input (prompts with markup and in many scripts, double clicks) and in unusual
// conditions: two tabs, a wrong clock, a browser that refuses to start the sound, and a tab that was asleep.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Browser } from "playwright-core";
import { until } from "../../../src/testing/until.ts";
import { serveFakeApi } from "../fake-api.ts";
import { whileAsleep } from "./stage/sleep-tab.ts";
import {
  ask,
  browserTest as test,
  buildPage,
  hasChromium,
  heardPast,
  launchChromium,
  openPage,
  phone,
  positionOf,
} from "./stage/open-page.ts";

const TEST_MS_MAX = 120_000;
let browser: Browser;
const api = serveFakeApi({ paceMs: 40 });

beforeAll(async () => {
  if (!hasChromium) return;
  await buildPage();
  browser = await launchChromium();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  api.stop();
}, 20_000);

const names = [
  '<img src=x onerror="window.hacked=1">',
  "</script><script>window.hacked=1</script>",
  "موسيقى هادئة\u202E<b>",
  "雨の夜のピアノ 👩‍👩‍👧‍👦 𝔉𝔯𝔞𝔨𝔱𝔲𝔯",
  "कखगघ ไทยไม่มีช่องว่าง",
  "x".repeat(120),
];

test(
  "a prompt with markup or in an unusual script is shown as typed",
  async () => {
    await using opened = await openPage(browser, api.url, phone);
    const { page, complaints } = opened;
    for (const [index, name] of names.entries()) {
      await page.getByRole("radio", { name: "30 s" }).check();
      await page.getByLabel("What should it sound like?").fill(name);
      await page.getByRole("button", { name: "Compose", exact: true }).dblclick();
      await page.waitForFunction((count) => document.querySelectorAll(".track").length >= count, index + 1);
    }
    expect(await page.locator(".track").count()).toBe(names.length);
    // Until the server has named a piece, the page shows the piece's prompt, cut to 60 characters.
    const shown = async () => (await page.locator(".name-text").allTextContents()).map((text) => text.trim());
    await until("the last piece has its own name", async () => (await shown())[0] === names.at(-1));
    expect((await shown()).toReversed()).toEqual(names);
    expect(
      await page.evaluate(() => [(globalThis as { hacked?: 1 }).hacked, document.images.length]),
    ).toEqual([...[undefined, 0]]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);

    const other = await page.context().newPage();
    await other.goto(api.url);
    await other.waitForFunction(
      (count) => document.querySelectorAll(".track").length === count,
      names.length,
    );
    await ask(page, "made in the first tab", "30 s");
    await other.locator(".name-text", { hasText: "made in the first tab" }).waitFor();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "if the clock of the browser is wrong by decades, a piece can be made and heard",
  async () => {
    for (const year of ["1999", "2099"]) {
      await using opened = await openPage(browser, api.url);
      const { page, complaints } = opened;
      await page.clock.setFixedTime(`${year}-01-01T00:00:00Z`);
      await page.reload();
      await ask(page, `rain in ${year}`, "30 s");
      await heardPast(page, 0.5);
      await page.locator(".name-text", { hasText: `rain in ${year}` }).waitFor();
      expect(complaints).toEqual([]);
    }
  },
  TEST_MS_MAX,
);

test(
  "if the browser refuses to start the sound, a click on “Play” starts the sound",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await page.evaluate(() => {
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException("denied", "NotAllowedError"));
      addEventListener("pointerdown", ({ target }) => {
        if ((target as Element).closest(".round")) Object.assign(HTMLMediaElement.prototype, { play });
      });
    });
    await ask(page, "long rain", "2 min");
    await page.locator(".round[aria-label=Play]").click();
    await heardPast(page, 0.5);
    const at = await positionOf(page);
    await whileAsleep(browser, page, () => Bun.sleep(1_000));
    await heardPast(page, at + 1);
  },
  TEST_MS_MAX,
);
