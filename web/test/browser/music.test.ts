// Tests in Chromium with the real app what a person does with several pieces: like, order, select, compare takes, and
// let the music go on.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { barriers } from "./stage/barriers.ts";
import {
  ask,
  browserTest as test,
  hasChromium,
  heardPast,
  listen,
  openPage,
  positionOf,
  SOUND,
  whole,
} from "./stage/open-page.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

const row = (page: Page, index: number) => page.locator(".track").nth(index);
const names = (page: Page) => page.locator(".track .name-text").allTextContents();
const rows = (page: Page, count: number) =>
  page.waitForFunction((n) => document.querySelectorAll(".track").length === n, count);

test(
  "pieces are liked and ordered, and several are moved to an album, downloaded as ZIP, and deleted with one undo",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    for (const [index, prompt] of ["hymn for a machine", "tango", "music box lullaby"].entries()) {
      await ask(page, prompt, index ? "30 s" : "1 min");
      await rows(page, index + 1);
      await whole(page);
    }
    const newestFirst = await names(page);
    await row(page, 1).getByRole("button", { name: /^Like/ }).click();
    await page.getByRole("button", { name: "Liked only" }).click();
    await rows(page, 1);
    expect(await names(page)).toEqual([newestFirst[1]!]);
    await page.reload();
    await rows(page, 3);
    expect(await row(page, 1).getByRole("button", { name: /^Like/ }).getAttribute("aria-pressed")).toBe(
      "true",
    );
    await page.getByLabel("Order").selectOption("Longest first");
    await page.waitForFunction(
      (name) => document.querySelector(".track .name-text")!.textContent === name,
      newestFirst[2],
    );
    await page.getByLabel("Order").selectOption("By name");
    const byName = newestFirst.toSorted((a, b) => a.toLowerCase().localeCompare(b.toLowerCase()));
    await page.waitForFunction(
      (expected) =>
        [...document.querySelectorAll(".track .name-text")].map((one) => one.textContent).join() === expected,
      byName.join(),
    );

    await page.getByRole("button", { name: "Select", exact: true }).click();
    await page.getByLabel(`Select ${byName[0]}`).check();
    await page.getByLabel(`Select ${byName[1]}`).check();
    expect(await barriers(page)).toEqual([]);
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download as ZIP" }).click();
    expect((await saving).suggestedFilename()).toBe("Pieces.zip");
    await page.getByRole("button", { name: "Put in an album…" }).click();
    await page.getByLabel("Name of the new album").fill("Evenings");
    await page.keyboard.press("Enter");
    await page.getByText("2 pieces are in the album “Evenings”.").waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page
      .getByRole("group", { name: "Selected pieces" })
      .getByRole("button", { name: "Delete" })
      .click();
    await page.getByText("2 pieces are in the trash.").waitFor();
    await rows(page, 1);
    await page.getByRole("button", { name: "Undo" }).click();
    await rows(page, 3);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "two takes of one prompt are compared at the same position, and one of them is kept",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await page.getByText("More wishes").click();
    await page.getByLabel("Two takes to compare").check();
    await ask(page, "deep house at sunrise", "30 s");
    await heardPast(page, 2);
    await rows(page, 2);
    const source = () => page.evaluate(() => document.querySelector("audio")!.src);
    const first = await source();
    const at = await positionOf(page);
    await page.getByRole("button", { name: "Take B" }).click();
    await page.waitForFunction((src) => document.querySelector("audio")!.src !== src, first);
    await heardPast(page, at);
    expect(await positionOf(page)).toBeLessThan(at + 4);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Keep only this one" }).click();
    await rows(page, 1);
    expect(await page.getByRole("button", { name: "Take B" }).count()).toBe(0);
    const before = await positionOf(page);
    await heardPast(page, before + 0.2);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "with “Keep going”, a similar piece is composed and played at the end, at the chosen speed",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await ask(page, "bright folk guitar", "30 s");
    await heardPast(page, 0.3);
    await whole(page);
    await page.getByRole("button", { name: "Playback" }).click();
    await page.getByLabel("At the end").selectOption("more");
    await page.getByLabel("Speed").selectOption("2×");
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press("Escape");
    const speed = () =>
      page.evaluate(() => {
        const audio = document.querySelector("audio")!;
        return [audio.playbackRate, audio.preservesPitch];
      });
    expect(await speed()).toEqual([2, true]);
    const title = await page.locator(".bar .title").textContent();
    await page.getByRole("slider", { name: "Position" }).press("End");
    await rows(page, 2);
    await page.waitForFunction(
      () => document.querySelectorAll(".track")[0]?.classList.contains("current") === true,
    );
    await heardPast(page, 0.5);
    expect(await speed()).toEqual([2, true]);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    await page.locator(".now .words", { hasText: "·" }).waitFor();
    expect(title).not.toBeNull();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);
