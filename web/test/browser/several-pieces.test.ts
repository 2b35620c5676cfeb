// Tests in Chromium with the real app what a person does with several pieces: like, sort, select,
// compare takes, continue with another piece at the end, and move pieces between albums with the
// mouse or the menu.
import { until } from "../../../src/testing/until.ts";
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
  phone,
  positionOf,
  skipBy,
  SOUND,
} from "./stage/open-page.ts";
import { openWithPieces } from "./stage/open-with-pieces.ts";
import { button } from "./stage/press.ts";
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
  "several pieces can be downloaded, moved and deleted together",
  async () => {
    const pieces = [
      { prompt: "slow piano", seconds: 20 },
      { prompt: "tango" },
      { prompt: "music box lullaby" },
    ];
    await using opened = await openWithPieces(stage.browser, stage.app.url, pieces);
    const { page, complaints } = opened;
    await rows(page, 3);
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
  "two takes of one prompt can be compared at the same position",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await page.getByText("More wishes").click();
    await page.getByLabel("Two takes to compare").check();
    await ask(page, "deep house at sunrise", "30 s");
    await heardPast(page, 2);
    // The test waits until both takes are complete. An unfinished take B may be shorter than the current position, and
    // the page would then play take B from its start.
    await page.locator(".bar").getByRole("button", { name: "Pause" }).click();
    await rows(page, 2);
    await page.waitForFunction(() => document.querySelector(".track progress") === null);
    await page.locator(".bar").getByRole("button", { name: "Play", exact: true }).click();
    await heardPast(page, 2.5);
    const skip = await skipBy(page, () => page.getByRole("button", { name: "Take B" }).click());
    expect(skip.seconds).toBeWithin(-0.1, skip.onClock + 0.5);
    await heardPast(page, (await positionOf(page)) + 0.3);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("button", { name: "Keep only this take" }).click();
    await rows(page, 1);
    expect(await page.getByRole("button", { name: "Take B" }).count()).toBe(0);
    const before = await positionOf(page);
    await heardPast(page, before + 0.2);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "with “Keep going”, another piece is composed and played at the end of a piece",
  async () => {
    const piece = { prompt: "bright folk guitar", seconds: 30 };
    await using opened = await openWithPieces(stage.browser, stage.app.url, [piece]);
    const { page, complaints } = opened;
    await row(page, 0).getByRole("button", { name: /^Play/ }).click();
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

/**
 * Returns the number of pieces in each album, from the server. An album without pieces is missing
 * in the result.
 */
const albumsOf = (page: Page) =>
  page.evaluate(async () => {
    const { items } = await (await fetch("/v1/queries/tracks.list?limit=10")).json();
    const albums = Map.groupBy(items as { projectName: string; title: string }[], (one) => one.projectName);
    return Object.fromEntries([...albums].map(([name, all]) => [name, all.length]));
  });

const isEmpty = (page: Page, album: string) =>
  until(`“${album}” is empty`, async () => !(album in (await albumsOf(page))));

async function createAlbums(page: Page, names: readonly string[]): Promise<void> {
  await page.evaluate(async (all) => {
    const headers = { "content-type": "application/json" };
    for (const name of all)
      await fetch("/v1/queries/projects.create", { method: "POST", headers, body: JSON.stringify({ name }) });
  }, names);
}

/** Presses the mouse button on a row and moves the mouse, so that the albums appear. */
async function lift(page: Page, index: number): Promise<void> {
  const box = (await page.locator(".track .name-text").nth(index).boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y - 10, { steps: 4 });
}

async function moveTo(page: Page, album: string): Promise<void> {
  // "New album" is shown before the albums are loaded. When the albums are loaded, they are inserted
  // before "New album", and "New album" moves. So this function waits until a second item is shown.
  await page.locator(".album-tray li").nth(1).waitFor();
  const target = page.locator(".album-tray li", { hasText: album });
  const box = (await target.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 6 });
  await page.locator(".album-tray li.over", { hasText: album }).waitFor();
}

test(
  "pieces can be moved to an album with the mouse",
  async () => {
    const prompts = ["slow piano", "harp and rain", "brass at noon"];
    const pieces = prompts.map((prompt) => ({ prompt }));
    await using opened = await openWithPieces(stage.browser, stage.app.url, pieces);
    const { page, complaints } = opened;
    await page.locator(".track").nth(2).waitFor();
    await createAlbums(page, ["Sundays", "Mondays"]);
    const before = await albumsOf(page);

    await lift(page, 0);
    await page.getByText("Drop on an album").waitFor();
    await moveTo(page, "Mondays");
    expect(await barriers(page)).toEqual([]);
    await page.mouse.up();
    await page.getByText("is in the album “Mondays”").waitFor();
    expect((await albumsOf(page))["Mondays"]).toBe(1);
    expect(await page.getByText("Drop on an album").count()).toBe(0);
    await button(page, "Undo").click();
    await isEmpty(page, "Mondays");
    expect(await albumsOf(page)).toEqual(before);

    // Two selected rows move together, and the third stays.
    await button(page, "Select").click();
    for (const index of [0, 2]) await page.locator(".track").nth(index).getByRole("checkbox").check();
    await lift(page, 2);
    await moveTo(page, "Sundays");
    await page.mouse.up();
    await page.getByText("2 pieces are in the album “Sundays”.").waitFor();
    expect((await albumsOf(page))["Sundays"]).toBe(2);
    await page.keyboard.press("z");
    await isEmpty(page, "Sundays");
    expect(await albumsOf(page)).toEqual(before);

    // A drop beside the albums moves nothing, and a drop on "New album" opens the dialog.
    await lift(page, 1);
    await page.getByText("Drop on an album").waitFor();
    await page.mouse.move(200, 500, { steps: 3 });
    await page.mouse.up();
    expect(await albumsOf(page)).toEqual(before);
    await lift(page, 1);
    await moveTo(page, "New album");
    await page.mouse.up();
    await page.getByLabel("Name of the new album").fill("Tuesdays");
    await page.keyboard.press("Enter");
    await page.getByText("is in the album “Tuesdays”").waitFor();

    // A piece that is moved disappears from the page of its album at once, and returns when the move is undone.
    await page.getByRole("link", { name: "Albums", exact: true }).first().click();
    await page.getByRole("link", { name: /^Tuesdays/ }).click();
    await page.locator(".track").waitFor();
    await lift(page, 0);
    await moveTo(page, "Mondays");
    expect(await page.locator(".album-tray li", { hasText: "Tuesdays" }).count()).toBe(0);
    await page.mouse.up();
    await page.getByText("This album is empty.").waitFor();
    await page.getByText("is in the album “Mondays”").waitFor();
    await button(page, "Undo").last().click();
    await page.locator(".track").waitFor();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "on a phone, several pieces can be moved to an album with the menu",
  async () => {
    const pieces = [{ prompt: "slow piano" }, { prompt: "harp and rain" }];
    await using opened = await openWithPieces(stage.browser, stage.app.url, pieces, phone);
    const { page, complaints } = opened;
    await page.locator(".track").nth(1).waitFor();
    await createAlbums(page, ["Sundays"]);
    expect(await page.locator(".track[draggable=true]").count()).toBe(0);
    const before = await albumsOf(page);
    await button(page, "Select").tap();
    await button(page, "Select all").tap();
    await button(page, "Put in an album…").tap();
    await button(page.getByRole("dialog"), "Sundays").tap();
    await page.getByText("2 pieces are in the album “Sundays”.").waitFor();
    expect((await albumsOf(page))["Sundays"]).toBe(2);
    await button(page, "Undo").tap();
    await isEmpty(page, "Sundays");
    expect(await albumsOf(page)).toEqual(before);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);
