// Tests the page in Chromium when something fails. A fake API fails on demand. The tests check the
// texts that are shown, and what a person can do.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Browser } from "playwright-core";
import { until } from "../../../src/testing/until.ts";
import { serveFakeApi } from "../fake-api.ts";
import {
  ask,
  browserTest as test,
  buildPage,
  hasChromium,
  heardPast,
  hurry,
  launchChromium,
  openPage,
  phone,
  positionOf,
} from "./stage/open-page.ts";
import { button } from "./stage/press.ts";

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

test(
  "if a prompt is refused, the page shows a notice that can be dismissed",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await ask(page, "rain", "30 s");
    await heardPast(page, 1);
    await ask(page, "please refuse this");
    await page.getByText("The prompt can't be used.").waitFor();
    await page.getByText("Describe the music in plain words.").waitFor();
    await page.locator(".title", { hasText: "rain" }).waitFor();
    // The current piece continues to play after the refusal.
    const at = await positionOf(page);
    await heardPast(page, at + 0.3);
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await page.getByText("The prompt can't be used.").count()).toBe(0);
  },
  TEST_MS_MAX,
);

test(
  "if a generation fails, the page shows the reason and plays the finished part",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await ask(page, "fail after four seconds", "30 s");
    await page.getByText("This one didn’t finish. The generator stopped answering.").waitFor();
    await hurry(page, 4);
    await page.waitForFunction(() => document.querySelector("audio")!.ended);
    expect(await positionOf(page)).toBeGreaterThan(3.5);
    await page.locator(".facts", { hasText: "didn’t finish" }).waitFor();
    const before = await page.locator(".track").count();
    await page.locator(".now").getByRole("button", { name: "Try again" }).click();
    await page.waitForFunction((count) => document.querySelectorAll(".track").length > count, before);
  },
  TEST_MS_MAX,
);

test(
  "if the list of pieces can't be read, “Try again” reads the list again",
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
  "if a few requests for audio fail, the whole piece is still loaded without a gap",
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
  "if the buffer of the browser is full, playback continues",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    // Chromium's own buffer is full after 12 minutes of audio; in this test it is full after 30
    // seconds.
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
    // After 36 s, playback returns to its normal speed, so that the piece can't end before the next steps of the test.
    await page.waitForFunction(
      () => {
        const audio = document.querySelector("audio")!;
        if (audio.currentTime <= 36) return false;
        audio.playbackRate = 1;
        return true;
      },
      undefined,
      { polling: 20 },
    );
    expect(await page.evaluate(() => document.querySelector("audio")!.buffered.start(0))).toBeGreaterThan(10);
    await page.getByRole("slider", { name: "Position" }).press("Home");
    await page.waitForFunction(() => document.querySelector("audio")!.currentTime < 5);
    await hurry(page, 10);
    await heardPast(page, 8);
  },
  TEST_MS_MAX,
);

test(
  "a browser without Media Source plays a piece during the generation",
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

test(
  "if the browser refuses storage, the page still works",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page, complaints } = opened;
    await page.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"])
        Object.defineProperty(globalThis, name, {
          get() {
            throw new DOMException("denied", "SecurityError");
          },
        });
    });
    await page.reload();
    await ask(page, "rain without storage", "30 s");
    await heardPast(page, 0.5);
    await page.getByRole("button", { name: /^Theme/ }).click();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "if a prompt was not sent because the network was missing, “Try again” sends the prompt",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await ask(page, "rain before the tunnel", "30 s");
    await heardPast(page, 1);
    await page.context().setOffline(true);
    const at = await positionOf(page);
    await ask(page, "rain in the tunnel");
    await page.getByText("“rain in the tunnel” was not sent, because the server can’t be reached.").waitFor();
    await heardPast(page, at + 0.5);
    expect(await page.evaluate(() => document.querySelector("audio")!.paused)).toBe(false);
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".now-title", { hasText: "rain in the tunnel" }).waitFor();
    await heardPast(page, 0.3);
  },
  TEST_MS_MAX,
);

test(
  "a tap on the ring seeks, and a swipe that begins on the ring does not seek",
  async () => {
    await using opened = await openPage(browser, api.url, phone);
    const { page } = opened;
    await ask(page, "long rain", "2 min");
    await heardPast(page, 1);
    await button(page, "Pause").tap();
    const at = await positionOf(page);
    const { x, y, width, height } = (await page.locator(".ring").boundingBox())!;
    const spot = { x: x + width * 0.93, y: y + height / 2 };
    const cdp = await page.context().newCDPSession(page);
    const touch = (type: string, at: number) =>
      cdp.send("Input.dispatchTouchEvent", {
        type: type as "touchStart",
        touchPoints: type === "touchEnd" ? [] : [{ x: spot.x, y: at }],
      });
    await touch("touchStart", spot.y);
    for (let moved = 20; moved <= 200; moved += 20) await touch("touchMove", spot.y - moved);
    await touch("touchEnd", 0);
    await page.waitForTimeout(400);
    expect(await positionOf(page)).toBe(at);
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForFunction(() => document.querySelector("progress") === null);
    await page.touchscreen.tap(spot.x, spot.y);
    await page.waitForFunction(() => document.querySelector("audio")!.currentTime > 20);
  },
  TEST_MS_MAX,
);

test(
  "if the session of a member has ended, the page shows a message and a sign-in button",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await ask(page, "rain for a member", "30 s");
    await heardPast(page, 0.5);
    api.signIn("ada@example.com");
    await page.reload();
    await page.getByRole("button", { name: "Your account" }).waitFor();
    api.signOut();
    await page.reload();
    await page.getByRole("heading", { name: "You have been signed out." }).waitFor();
    await page.locator(".welcome").getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("dialog", { name: "Sign in" }).waitFor();
    expect(await page.getByText("credential").count()).toBe(0);
    api.signIn(null);
  },
  TEST_MS_MAX,
);

test(
  "if a prompt is too long, the page says how many characters are too many",
  async () => {
    await using opened = await openPage(browser, api.url);
    const { page } = opened;
    await ask(page, "a".repeat(10_000));
    await page.getByText("This is 8,000 characters too long. Shorten it to 2,000.").waitFor();
    expect(await page.getByLabel("What should it sound like?").inputValue()).toHaveLength(10_000);
  },
  TEST_MS_MAX,
);

test(
  "while a person scrolls through a long list, further pieces are loaded",
  async () => {
    api.fill(400);
    await using opened = await openPage(browser, api.url);
    const { page, complaints } = opened;
    await ask(page, "rain at the top", "30 s");
    await heardPast(page, 0.3);
    // Scrolls with the mouse wheel to the end of the loaded rows, again and again.
    await until(
      "the last piece is in the list",
      async () => {
        await page.mouse.wheel(0, 4000);
        await page.waitForTimeout(120);
        return (await page.getByText("Piece 399").count()) > 0;
      },
      50_000,
    );
    const deep = page.locator(".track", { hasText: "Piece 399" });
    await deep.waitFor();
    expect(await page.locator(".track").count()).toBeLessThan(60);
    await page.waitForFunction(() => !document.querySelector('[aria-label="Stop making"]'));
    await page.waitForTimeout(500);
    await deep.waitFor();
    await deep.getByRole("button", { name: /^Play/ }).click();
    await page.locator(".title", { hasText: "Piece 399" }).waitFor();
    await heardPast(page, 0.3);
    await page.reload();
    await page.locator(".title", { hasText: "Piece 399" }).waitFor();
    await page.getByLabel("Search your pieces").fill("zzz");
    await page.getByText("No pieces match “zzz”.").waitFor();
    await page.locator(".bar").getByRole("link", { name: "Piece 399" }).click();
    await page.getByLabel("What should be different?").waitFor();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);
