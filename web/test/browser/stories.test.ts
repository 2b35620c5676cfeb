// Tests in Chromium, with the real app, what a listener does. In one story the listener makes, finds, renames, changes,
// shares, deletes and restores music. In the other story the listener makes, plays and stops an endless piece. Each
// story runs on a phone by touch alone, and on a desktop by keys alone.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { barriers } from "./stage/barriers.ts";
import {
  browserTest as test,
  desktop,
  hasChromium,
  heardPast,
  listen,
  openPage,
  phone,
  SOUND,
  whole,
} from "./stage/open-page.ts";
import { button, byKeys, chooseLength, type Press, tap, typeInto } from "./stage/press.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

const firstRow = (page: Page) => page.locator(".track").first();
const isWide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

async function liveStory(page: Page, press: Press): Promise<void> {
  const clean = async (place: string) => {
    // At other scroll positions, the player can cover a part of an element, and axe would report this element. At the
    // end of the page, the player covers no element.
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    expect([place, ...(await barriers(page))]).toEqual([place]);
  };
  const type = (field: Locator, text: string) => typeInto(field, text, press);
  // Make a piece, and hear the piece while it is made.
  await chooseLength(page, "30 s", press);
  await type(page.getByLabel("What should it sound like?"), "slow piano in the rain");
  await press(button(page, "Compose"));
  await heardPast(page, 0.5);
  expect(await listen(page)).toBeGreaterThan(SOUND);
  await clean("playing");
  await whole(page);
  await press(button(page, "Playback"));
  await page.getByLabel("At the end").waitFor();
  await page.keyboard.press("Escape");

  // Like the piece, rename it, and find it again.
  await press(button(page.locator(".bar"), "Like"));
  await press(button(firstRow(page), /^More for/));
  await press(button(firstRow(page), "Rename"));
  await page.keyboard.type("Attic window");
  await page.keyboard.press("Enter");
  await page
    .getByRole("link", { name: /^Attic window/ })
    .first()
    .waitFor();
  await press(button(page, "Liked only"));
  await type(page.getByLabel("Search your pieces"), "attic");
  await page.locator(".track", { hasText: "Attic window" }).waitFor();

  // Put the piece in an album.
  await press(button(firstRow(page), /^More for/));
  await press(button(firstRow(page), "Put in an album…"));
  await type(page.getByLabel("Name of the new album"), "Sundays");
  await page.keyboard.press("Enter");
  await page.getByText("is in the album “Sundays”").waitFor();
  await press(button(page, "Dismiss"));

  // Open the page of the piece. Make a second version, and find the download of the first version.
  // Create a share link, and end the link.
  await press(page.locator(".track .name").first());
  await page.getByLabel("What should be different?").waitFor();
  await type(page.getByLabel("What should be different?"), "faster");
  await page.keyboard.press("Enter");
  await page.locator(".version").nth(1).waitFor();
  await heardPast(page, 0.3);
  await whole(page);
  await clean("piece with versions");
  await press(button(page, "A version 1"));
  await press(button(page, "More for version 1"));
  await page.locator(".version").first().getByRole("link", { name: "Download MP3" }).waitFor();
  await page.keyboard.press("Escape");
  await press(button(page, "Share"));
  await press(button(page, "Make a link"));
  await page.getByLabel("Everyone with this link can listen").waitFor();
  await clean("share");
  await press(button(page, "End the link"));
  await press(button(page, "Close"));

  // Play the album. Delete the album with its music, and restore both from the trash.
  await press(page.getByRole("link", { name: "‹ Your pieces" }));
  await press(page.getByRole("link", { name: "Albums", exact: true }).first());
  await press(page.getByRole("link", { name: /^Sundays/ }));
  await press(button(page, "Play all"));
  await clean("album");
  await press(button(page, "Delete"));
  await page.getByText("The album “Sundays” is in the trash.").waitFor();
  await press(button(page, "More"));
  await press(page.getByRole("link", { name: "Trash", exact: true }));
  await press(button(page, "Restore Sundays"));
  await page.getByText("The trash is empty.").waitFor();
  await clean("trash");
  expect(await isWide(page)).toBe(false);
}

test(
  "on a phone of 320 pixels, music can be made, changed and deleted by touch alone",
  async () => {
    const narrow = { ...phone, viewport: { width: 320, height: 640 } };
    await using opened = await openPage(stage.browser, stage.app.url, narrow);
    await liveStory(opened.page, tap);
    await opened.page.setViewportSize({ width: 640, height: 320 });
    await opened.page.goto(stage.app.url);
    await firstRow(opened.page).waitFor();
    await button(firstRow(opened.page), /^Play/).tap();
    await opened.page.locator(".bar").waitFor();
    await opened.page.evaluate(() => scrollTo(0, 0));
    expect(await isWide(opened.page)).toBe(false);
    const [bar, compose] = await Promise.all(
      [opened.page.locator(".bar"), button(opened.page, "Compose")].map((part) => part.boundingBox()),
    );
    // On a phone that is held sideways, the player is less than 80 pixels high, and the button "Compose" is above it.
    expect(bar!.height).toBeLessThan(80);
    expect(compose!.y + compose!.height).toBeLessThan(bar!.y);
    expect(opened.complaints).toEqual([]);
  },
  2 * TEST_MS_MAX,
);

test(
  "on a desktop, music can be made, changed and deleted by keys alone",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    await liveStory(opened.page, byKeys);
    expect(opened.complaints).toEqual([]);
  },
  2 * TEST_MS_MAX,
);

const devices = {
  "a phone by touch alone": [phone, tap],
  "a desktop by keys alone": [desktop, byKeys],
} as const;

for (const [name, [device, press]] of Object.entries(devices))
  test(
    `an endless piece is made until the listener stops the piece, on ${name}`,
    async () => {
      await using opened = await openPage(stage.browser, stage.app.url, device);
      const { page, complaints } = opened;
      await chooseLength(page, "Endless", press);
      await typeInto(page.getByLabel("What should it sound like?"), "calm piano with rain", press);
      await press(button(page, "Compose"));
      await heardPast(page, 1);
      expect(await listen(page)).toBeGreaterThan(SOUND);
      await page.locator(".clock", { hasText: /^\d+:\d\d \/ ∞$/ }).waitFor();
      await page.locator(".status", { hasText: "It goes on until you stop it." }).waitFor();
      await page.locator(".track .facts", { hasText: "Endless" }).waitFor();
      expect(await barriers(page)).toEqual([]);

      // A second endless piece is refused with a message about the limit. The first piece stays.
      await typeInto(page.getByLabel("What should it sound like?"), "endless harp", press);
      await press(button(page, "Compose"));
      await page.getByText("An endless piece of yours is already being made.").waitFor();
      await page.getByText("Stop it before you start another one.").waitFor();
      await press(button(page, "Dismiss"));
      expect(await page.locator(".track").count()).toBe(1);

      // After a reload, the piece is still endless. Then the listener stops the piece.
      await page.reload();
      await page.locator(".clock", { hasText: "/ ∞" }).waitFor();
      await press(button(page, "Stop making"));
      await whole(page);
      await page.locator(".clock", { hasText: /\/ \d+:\d\d$/ }).waitFor();
      expect(await page.getByText("Make it again").count()).toBe(0);
      const clock = await page.locator(".clock").textContent();
      const [, minutes, seconds] = /\/ (\d+):(\d+)$/.exec(clock!)!;
      const length = Number(minutes) * 60 + Number(seconds);
      expect(length).toBeGreaterThan(3);
      const play = page.locator(".bar").getByRole("button", { name: "Play", exact: true });
      if (await play.isVisible()) await press(play);
      await page.evaluate((at) => {
        document.querySelector("audio")!.currentTime = at;
      }, length - 1.5);
      await page.waitForFunction(() => document.querySelector("audio")!.ended);

      // The piece is kept, with the length of the part that was made.
      await page.reload();
      await page.locator(".track .facts", { hasText: `${minutes}:${seconds}` }).waitFor();
      await press(button(page.locator(".track"), /^Play/));
      await heardPast(page, 0.5);
      expect(await listen(page)).toBeGreaterThan(SOUND);
      // Two errors are expected: 429 for the second piece, and 416 for a request that starts after the end of the
      // audio.
      expect(complaints.filter((one) => !/\b(429|416)\b/.test(one))).toEqual([]);
    },
    TEST_MS_MAX,
  );
