// The page in Chromium over a stand-in that fails on demand: what a person reads, and what they can do.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { serveFakeApi } from "../fake-api.ts";
import { ask, buildPage, heardPast, hurry, launchChromium, openPage, positionOf } from "./open-page.ts";

const TEST_MS_MAX = 60_000;
let browser: Browser;
const api = serveFakeApi({ paceMs: 40 });

beforeAll(async () => {
  await buildPage();
  browser = await launchChromium();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  api.stop();
}, 20_000);

test(
  "a refused prompt is explained and can be dismissed; nothing else is lost",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await ask(page, "rain", "30 s");
    await heardPast(page, 1);
    await ask(page, "please refuse this");
    await page.getByText("The prompt can't be used.").waitFor();
    await page.getByText("Describe the music in plain words.").waitFor();
    await page.locator(".title", { hasText: "rain" }).waitFor();
    await page.getByRole("button", { name: "Play", exact: true }).click();
    const at = await positionOf(page);
    await heardPast(page, at + 0.3);
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await page.getByText("The prompt can't be used.").count()).toBe(0);
  },
  TEST_MS_MAX,
);

test(
  "a making that fails says why, plays what there is, and can be asked for again",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await ask(page, "fail after four seconds", "30 s");
    await page.locator(".status", { hasText: "The generator stopped answering." }).waitFor();
    await hurry(page, 4);
    await page.waitForFunction(() => document.querySelector("audio")!.ended);
    expect(await positionOf(page)).toBeGreaterThan(3.5);
    await page.getByText("failed", { exact: true }).waitFor();
    const before = await page.locator(".track").count();
    await page.getByRole("button", { name: "Make it again" }).click();
    await page.waitForFunction((count) => document.querySelectorAll(".track").length > count, before);
  },
  TEST_MS_MAX,
);

test(
  "a list that can't be read says so, music is made all the same, and one press reads it again",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await ask(page, "rain", "30 s");
    await heardPast(page, 0.3);
    api.breakFor(1, "tracks.list");
    await page.reload();
    await page.getByText("Your pieces could not be loaded.").waitFor();
    await page.getByText("Rondo is busy.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".track").first().waitFor();
    await ask(page, "more rain", "30 s");
    await heardPast(page, 0.3);
  },
  TEST_MS_MAX,
);

test(
  "sound that the server holds back for a while goes on without a gap",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await ask(page, "steady rain", "30 s");
    await heardPast(page, 0.5);
    api.breakFor(3, "/audio");
    await page.waitForFunction(() => {
      const { buffered } = document.querySelector("audio")!;
      return buffered.length === 1 && buffered.end(0) > 29;
    });
  },
  TEST_MS_MAX,
);

test(
  "where memory is full, old sound is dropped, playing goes on, and a seek back reads it again",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    // Chromium's own limit lies at 12 minutes; this one at 30 seconds.
    await page.evaluate(() => {
      const append = SourceBuffer.prototype.appendBuffer;
      SourceBuffer.prototype.appendBuffer = function (bytes) {
        const { buffered } = this;
        if (buffered.length && buffered.end(buffered.length - 1) - buffered.start(0) > 30)
          throw new DOMException("full", "QuotaExceededError");
        append.call(this, bytes);
      };
    });
    await ask(page, "long rain", "2 min");
    await heardPast(page, 0.5);
    await hurry(page, 10);
    await heardPast(page, 36);
    expect(await page.evaluate(() => document.querySelector("audio")!.buffered.start(0))).toBeGreaterThan(10);
    await page.getByRole("slider", { name: "Position" }).press("Home");
    await page.waitForFunction(() => document.querySelector("audio")!.currentTime < 5);
    await heardPast(page, 8);
  },
  TEST_MS_MAX,
);

test(
  "a browser without Media Source plays while the piece is made, too, and to the end of one that is stopped",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await page.addInitScript(() => {
      Object.assign(globalThis, { MediaSource: undefined });
    });
    await page.reload();
    await ask(page, "plain rain", "2 min");
    await heardPast(page, 0.5);
    expect(await page.evaluate(() => document.querySelector("audio")!.src)).toContain("/v1/versions/");
    await page.getByRole("button", { name: "Stop making" }).waitFor();
    await page.getByRole("button", { name: "Stop making" }).click();
    await page.getByRole("slider", { name: "Position" }).press("End");
    await page.waitForFunction(
      () => document.querySelector("audio")!.paused || document.querySelector("audio")!.error,
    );
    await page.locator(".round[aria-label=Play]").waitFor();
    expect(await page.getByText("could not be").count()).toBe(0);
  },
  TEST_MS_MAX,
);
