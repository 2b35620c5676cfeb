// Tests playback in Chromium with the real app, from the first sound on, and during failures.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import {
  ask,
  browserTest as test,
  hasChromium,
  heardPast,
  listen,
  openPage,
  positionOf,
  SOUND,
} from "./stage/open-page.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

const status = (page: Page) => page.locator(".words");
/**
 * Returns whether a message in Chromium's console is expected after a piece was stopped. Two kinds of messages are
 * expected: one reports a response with the status 416, and the other reports that the connection was cut off.
 */
const isEnd = (complaint: string) =>
  complaint.includes("status of 416 (") || complaint.includes("ERR_CONNECTION_RESET");

test(
  "a piece is audible while the piece is still being made",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await ask(page, "upbeat house at sunrise", "5 min");
    await page
      .getByText(/^(Composing|Finding)/)
      .first()
      .waitFor();
    await heardPast(page, 1);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    expect(await page.locator("[aria-live]").textContent()).toContain("Composing");
    const before = await positionOf(page);
    await heardPast(page, before + 0.3);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "after a reload during a generation, the playback does not begin again at 0",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await ask(page, "ambient drift over a frozen lake", "10 min");
    await heardPast(page, 2);
    const began = performance.now();
    const at = await positionOf(page);
    await page.reload();
    await heardPast(page, 0);
    const goesOnAt = await positionOf(page);
    // Playback must not begin again at 0. From `began` on, the position can't advance by more than the elapsed time.
    expect(goesOnAt).toBeWithin(1, at + (performance.now() - began) / 1000 + 0.5);
    await status(page).getByText("Composing").waitFor();
    const made = await page.evaluate(() => document.querySelector("progress")?.value ?? 1);
    await page.waitForFunction((was) => (document.querySelector("progress")?.value ?? 1) > was, made);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    await page.getByRole("button", { name: "Stop making" }).click();
    await status(page).getByText("Stopped").waitFor();
    expect(complaints.filter((complaint) => !isEnd(complaint))).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a person can seek to audio that is made but not loaded yet",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    const line = Promise.withResolvers<void>();
    let isHeld = false;
    await page.route("**/audio*", async (route) => {
      if (isHeld) await line.promise;
      await route.continue();
    });
    await ask(page, "slow strings over a quiet sea", "10 min");
    await heardPast(page, 1);
    isHeld = true;
    const arrived = await page.evaluate(() => document.querySelector("audio")!.buffered.end(0));
    // The value of the progress bar is the generated part of the ten minutes, from 0 to 1.
    await page.waitForFunction(
      (end) => (document.querySelector("progress")?.value ?? 1) * 600 > end + 3,
      arrived,
    );
    await page.getByRole("slider", { name: "Position" }).press("End");
    line.resolve();
    await heardPast(page, arrived + 1);
    await heardPast(page, (await positionOf(page)) + 0.5);
    await page.getByRole("button", { name: "Stop making" }).click();
    await status(page).getByText("Stopped").waitFor();
    expect(complaints.filter((complaint) => !isEnd(complaint))).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a seek beyond the generated part goes to the end of the generated part",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await ask(page, "cinematic strings", "10 min");
    await heardPast(page, 1);
    const slider = page.getByRole("slider", { name: "Position" });
    await slider.press("End");
    await page.waitForFunction(() => document.querySelector("audio")!.currentTime > 2);
    const reached = await positionOf(page);
    expect(reached).toBeLessThan(590);
    await heardPast(page, reached + 0.5);
    await slider.press("Home");
    await page.waitForFunction(() => document.querySelector("audio")!.currentTime < 2);
    await heardPast(page, 0.5);
    await slider.press("ArrowRight");
    await heardPast(page, 5);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    await page.getByRole("button", { name: "Stop making" }).click();
    await status(page).getByText("Stopped").waitFor();
    expect(complaints.filter((complaint) => !isEnd(complaint))).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "if the making of a piece is stopped, the generated part can be played",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await ask(page, "jazz after midnight", "10 min");
    await heardPast(page, 1);
    await page.getByRole("button", { name: "Stop making" }).click();
    await status(page).getByText("Stopped").waitFor();
    const slider = page.getByRole("slider", { name: "Position" });
    const kept = Number(await slider.getAttribute("aria-valuemax"));
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(590);
    await slider.press("End");
    await page.waitForFunction(() => document.querySelector("audio")!.ended);
    await page.getByRole("button", { name: "Make it again" }).click();
    await page.getByRole("button", { name: "Stop making" }).waitFor();
    await heardPast(page, 0.5);
    await page.getByRole("button", { name: "Stop making" }).click();
    await page.getByRole("button", { name: "Make it again" }).waitFor();
    expect(complaints.filter((complaint) => !isEnd(complaint))).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "after a reload, a stopped piece has the length of the generated part",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await ask(page, "folk song for a dog", "10 min");
    await heardPast(page, 1);
    await page.getByRole("button", { name: "Stop making" }).click();
    await status(page).getByText("Stopped").waitFor();
    await page.reload();
    const bar = page.locator(".bar");
    await bar.waitFor();
    const play = bar.getByRole("button", { name: "Play", exact: true });
    if (await play.isVisible()) await play.click();
    await heardPast(page, 0.2);
    const slider = page.getByRole("slider", { name: "Position" });
    const kept = Number(await slider.getAttribute("aria-valuemax"));
    expect(kept).toBeLessThan(590);
    await slider.press("End");
    await page.waitForFunction(() => document.querySelector("audio")!.ended);
    expect(Math.abs(Number(await slider.getAttribute("aria-valuenow")) - kept)).toBeLessThan(2);
    expect(complaints.filter((complaint) => !isEnd(complaint))).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "when the network is back after a loss, loading continues without a gap in the audio",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page } = opened;
    await ask(page, "northern lights pads", "10 min");
    await heardPast(page, 1);
    await page.context().setOffline(true);
    await page.getByText("You’re offline.").waitFor();
    const held = await page.evaluate(() => document.querySelector("audio")!.buffered.end(0));
    await page.context().setOffline(false);
    await page.waitForFunction((was) => document.querySelector("audio")!.buffered.end(0) > was + 2, held);
    await page.getByText("You’re offline.").waitFor({ state: "detached" });
    const gaps = await page.evaluate(() => document.querySelector("audio")!.buffered.length);
    expect(gaps).toBe(1);
    await page.getByRole("button", { name: "Stop making" }).click();
    await status(page).getByText("Stopped").waitFor();
  },
  TEST_MS_MAX,
);

test(
  "after the API and the worker were killed and started again, the audio has no gap",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page } = opened;
    await ask(page, "hymn for a machine", "10 min");
    await heardPast(page, 1);
    await Promise.all([stage.app.killApi(), stage.app.killWorker()]);
    const held = await page.evaluate(() => document.querySelector("audio")!.buffered.end(0));
    await Promise.all([stage.app.startApi(), stage.app.startWorker()]);
    await page.waitForFunction((was) => document.querySelector("audio")!.buffered.end(0) > was + 3, held);
    expect(await page.evaluate(() => document.querySelector("audio")!.buffered.length)).toBe(1);
    await status(page).getByText("Composing").waitFor();
    await page.getByRole("button", { name: "Stop making" }).click();
    await status(page).getByText("Stopped").waitFor();
  },
  TEST_MS_MAX,
);
