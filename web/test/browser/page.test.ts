// The page in Chromium over the real app: what a person sees, presses and hears.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Locator, Page } from "playwright-core";
import { type RondoProcesses, startRondo } from "../../../src/testing/rondo-processes.ts";
import {
  ask,
  buildPage,
  desktop,
  heardPast,
  launchChromium,
  listen,
  openPage,
  phone,
  positionOf,
} from "./open-page.ts";

const TEST_MS_MAX = 60_000;
/** Far under what anyone would call silence: full scale is 1. */
const SOUND = 0.01;

let app: RondoProcesses;
let browser: Browser;

beforeAll(async () => {
  await buildPage();
  [app, browser] = await Promise.all([startRondo(), launchChromium()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await app?.[Symbol.asyncDispose]();
}, 20_000);

const status = (page: Page) => page.locator(".words");
const row = (page: Page, index = 0) => page.locator(".track").nth(index);
/** Chromium writes every answer past 399 to its console; being told that there is no more is the end of a cut piece. */
const isEnd = (complaint: string) => complaint.includes("416 (Range Not Satisfiable)");
/** Opens the menu of a line in a list and takes something from it. */
async function choose(line: Locator, words: string): Promise<void> {
  await line.getByRole("button", { name: /^More for/ }).click();
  await line.getByText(words, { exact: true }).click();
}
const whole = (page: Page) =>
  page.waitForFunction(() => !document.querySelector('[aria-label="Stop making"]'));

test(
  "Enter is followed by sound, while the piece is still being made",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page, complaints } = opened;
    await ask(page, "upbeat house at sunrise", "2 min");
    await page
      .getByText(/^(Composing|Finding)/)
      .first()
      .waitFor();
    await heardPast(page, 1);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    expect(await page.locator("[aria-live]").textContent()).toContain("Composing");
    const before = await positionOf(page);
    await heardPast(page, before + 1);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a person without an account has a list, and it is there after a reload",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page, complaints } = opened;
    await page.getByText("Write a line.").waitFor();
    await ask(page, "slow piano in the rain", "30 s");
    await heardPast(page, 0.5);
    await whole(page);
    await ask(page, "bright folk guitar", "30 s");
    await heardPast(page, 0.5);
    await page.waitForFunction(() => document.querySelectorAll(".track").length === 2);
    const names = await page.locator(".name-text").allTextContents();
    await page.reload();
    await row(page, 1).waitFor();
    expect(await page.locator(".name-text").allTextContents()).toEqual(names);
    await row(page, 1).getByRole("button", { name: /^Play/ }).click();
    await heardPast(page, 1);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a reload in the middle of the making goes on where it stood, and the making goes on too",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page, complaints } = opened;
    await ask(page, "ambient drift over a frozen lake", "10 min");
    await heardPast(page, 3);
    await page.reload();
    await heardPast(page, 3.2);
    expect(await positionOf(page)).toBeLessThan(8);
    await status(page).getByText("Composing").waitFor();
    const made = await page.locator(".length").first().textContent();
    await page.waitForFunction((was) => document.querySelector(".length")!.textContent !== was, made);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    await page.getByRole("button", { name: "Stop making" }).click();
    await status(page).getByText("Stopped").waitFor();
    expect(complaints.filter((complaint) => !isEnd(complaint))).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "seeking while it is made stops at what is made, and the sound goes on from there",
  async () => {
    await using opened = await openPage(browser, app.url);
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
  "stopping keeps what was made, plays it to its end, and it can be asked for again",
  async () => {
    await using opened = await openPage(browser, app.url);
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
  "the keys play, seek, mute, write and help",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page, complaints } = opened;
    await ask(page, "chiptune in A major", "30 s");
    await heardPast(page, 0.5);
    await whole(page);
    const prompt = page.getByLabel("What should it sound like?");
    await prompt.evaluate((element) => element.blur());
    const audio = (property: "paused" | "muted") =>
      page.evaluate((name) => document.querySelector("audio")![name], property);
    await page.keyboard.press("k");
    expect(await audio("paused")).toBe(true);
    await page.keyboard.press("Space");
    expect(await audio("paused")).toBe(false);
    await page.keyboard.press("m");
    expect(await audio("muted")).toBe(true);
    await page.keyboard.press("m");
    const at = await positionOf(page);
    await page.keyboard.press("ArrowRight");
    await heardPast(page, at + 4.5);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    expect(await prompt.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type("k m");
    expect(await prompt.inputValue()).toBe("k m");
    expect(await audio("muted")).toBe(false);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a piece is renamed in its place, found by its new name, and keeps it",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page, complaints } = opened;
    await ask(page, "dusty vinyl hip-hop", "30 s");
    await heardPast(page, 0.3);
    await whole(page);
    await choose(row(page), "Rename");
    await page.getByLabel("New title").fill("Sunday crates");
    await page.getByLabel("New title").press("Enter");
    await page.locator(".title", { hasText: "Sunday crates" }).waitFor();
    await page.reload();
    await row(page).getByText("Sunday crates").waitFor();
    await page.getByLabel("Search your pieces").fill("nothing like it");
    await page.getByText("Nothing has that name.").waitFor();
    await page.getByLabel("Search your pieces").fill("crates");
    await row(page).getByText("Sunday crates").waitFor();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a version is asked for in words, plays at once, is compared at the same place, and is a file to keep",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page, complaints } = opened;
    await ask(page, "lo-fi for a late train", "30 s");
    await heardPast(page, 0.5);
    await whole(page);
    await page.getByRole("button", { name: "Make a version" }).click();
    await page.getByRole("button", { name: "without drums" }).click();
    await page.getByLabel("What should be different?").press("End");
    await page.keyboard.type(", feed the cat");
    await page.keyboard.press("Enter");
    await page.getByText("Understood: without drums. Not understood: “feed the cat”.").waitFor();
    await page.locator(".version.current", { hasText: "from 1" }).waitFor();
    await heardPast(page, 1);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    await whole(page);
    const source = () => page.evaluate(() => document.querySelector("audio")!.src);
    const second = await source();
    const at = await positionOf(page);
    await page.getByRole("button", { name: /^Version 2 of 2/ }).press("v");
    await page.locator(".version.current", { hasText: "lo-fi for a late train" }).waitFor();
    expect(await source()).not.toBe(second);
    await heardPast(page, at);
    expect(await positionOf(page)).toBeLessThan(at + 3);
    for (const [format, start] of [
      ["MP3", "ID3"],
      ["WAV", "RIFF"],
    ] as const) {
      const saving = page.waitForEvent("download");
      await choose(page.locator(".version").nth(1), `Download ${format}`);
      const file = await saving;
      expect(file.suggestedFilename()).toEndWith(` (version 2).${format.toLowerCase()}`);
      expect(
        await Bun.file(await file.path())
          .slice(0, start.length)
          .text(),
      ).toBe(start);
    }
    await choose(page.locator(".version").nth(1), "Delete");
    await page.getByText(/^Version 2 of .* is in the trash/).waitFor();
    expect(await page.locator(".version").count()).toBe(0);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.locator(".version", { hasText: "from 1" }).waitFor();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "what is deleted is taken back by a key, restored from the trash, or gone for good once that was said twice",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page, complaints } = opened;
    for (const prompt of ["music box lullaby", "tango before midnight"]) {
      await ask(page, prompt, "30 s");
      await heardPast(page, 0.3);
    }
    await whole(page);
    const saving = page.waitForEvent("download");
    await choose(row(page, 1), "Download all of “My music” as ZIP");
    expect((await saving).suggestedFilename()).toBe("My music.zip");
    const pieces = (count: number) =>
      page.waitForFunction((n) => document.querySelectorAll(".track").length === n, count);
    const title = await page.locator(".name-text").first().textContent();
    // By keys alone, as far as it goes.
    await row(page)
      .getByRole("button", { name: /^More for/ })
      .press("Enter");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await pieces(1);
    expect(await page.evaluate(() => document.querySelector("audio")!.paused)).toBe(true);
    await page.keyboard.press("z");
    await pieces(2);
    await row(page).getByText(title!).waitFor();
    await choose(row(page), "Delete");
    await page.getByText(`${title} is in the trash.`).waitFor();
    expect(await barriers(page)).toEqual([]);
    const trash = page.getByRole("dialog", { name: "Trash" });
    const openTrash = () => page.getByRole("button", { name: "Trash" }).click();
    await openTrash();
    await trash.getByRole("button", { name: `Delete ${title} for good` }).click();
    await trash.getByRole("button", { name: "Keep it" }).press("Enter");
    expect(await barriers(page)).toEqual([]);
    await trash.getByRole("button", { name: `Restore ${title}` }).click();
    await trash.getByText("Nothing lies here.").waitFor();
    await page.keyboard.press("Escape");
    await pieces(2);
    await choose(row(page), "Delete");
    await page.getByText(`${title} is in the trash.`).waitFor();
    await openTrash();
    await trash.getByRole("button", { name: `Delete ${title} for good` }).click();
    await trash.getByText("Nothing brings it back.").waitFor();
    await trash.getByRole("button", { name: "Yes, delete it for good" }).click();
    await trash.getByText("Nothing lies here.").waitFor();
    await page.reload();
    await pieces(1);
    await openTrash();
    await trash.getByText("Nothing lies here.").waitFor();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a network that goes away is noticed, and the sound goes on when it is back",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page } = opened;
    await ask(page, "northern lights pads", "10 min");
    await heardPast(page, 1);
    await page.context().setOffline(true);
    await page.getByText("You are offline.").waitFor();
    const held = await page.evaluate(() => document.querySelector("audio")!.buffered.end(0));
    await page.context().setOffline(false);
    await page.waitForFunction((was) => document.querySelector("audio")!.buffered.end(0) > was + 2, held);
    await page.getByText("You are offline.").waitFor({ state: "detached" });
    const gaps = await page.evaluate(() => document.querySelector("audio")!.buffered.length);
    expect(gaps).toBe(1);
    await page.getByRole("button", { name: "Stop making" }).click();
    await status(page).getByText("Stopped").waitFor();
  },
  TEST_MS_MAX,
);

test(
  "the API and the worker are killed and come back; the sound goes on without a gap",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page } = opened;
    await ask(page, "hymn for a machine", "10 min");
    await heardPast(page, 1);
    await Promise.all([app.killApi(), app.killWorker()]);
    const held = await page.evaluate(() => document.querySelector("audio")!.buffered.end(0));
    await Promise.all([app.startApi(), app.startWorker()]);
    await page.waitForFunction((was) => document.querySelector("audio")!.buffered.end(0) > was + 3, held);
    expect(await page.evaluate(() => document.querySelector("audio")!.buffered.length)).toBe(1);
    await status(page).getByText("Composing").waitFor();
    await page.getByRole("button", { name: "Stop making" }).click();
    await status(page).getByText("Stopped").waitFor();
  },
  TEST_MS_MAX,
);

test(
  "the page starts without a network once it has been seen",
  async () => {
    await using opened = await openPage(browser, app.url);
    const { page } = opened;
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await page.context().setOffline(true);
    await page.reload();
    await page.getByLabel("What should it sound like?").waitFor();
    await page.getByText("You are offline.").waitFor();
  },
  TEST_MS_MAX,
);

for (const colorScheme of ["light", "dark"] as const)
  for (const [name, device] of Object.entries({ desktop, phone }))
    test(
      `nothing is in the way of anyone on a ${name} in ${colorScheme} colours, empty and playing with all open`,
      async () => {
        await using opened = await openPage(browser, app.url, { ...device, colorScheme });
        const { page, complaints } = opened;
        expect(await barriers(page)).toEqual([]);
        await ask(page, "marimba at breakfast", "30 s");
        await heardPast(page, 0.5);
        await page.locator(".name").click();
        await row(page)
          .getByRole("button", { name: /^More for/ })
          .click();
        await page.getByText("Make a version", { exact: true }).waitFor();
        expect(await barriers(page)).toEqual([]);
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        expect(tooWide).toBe(false);
        expect(complaints).toEqual([]);
      },
      TEST_MS_MAX,
    );

/** What axe finds, one line each. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(await Bun.file(Bun.fileURLToPath(import.meta.resolve("axe-core/axe.min.js"))).text());
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          on: Document,
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document, { runOnly: tags });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)} ${nodes[0]?.failureSummary}`,
    );
  });
}
