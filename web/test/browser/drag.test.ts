// Tests in Chromium with the real app that one piece or several are moved to an album with the mouse or the menu, and
// that each move can be undone.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { until } from "../../../src/testing/until.ts";
import { barriers } from "./stage/barriers.ts";
import { ask, browserTest as test, hasChromium, openPage, phone, whole } from "./stage/open-page.ts";
import { button } from "./stage/press.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

/** The number of pieces in each album, as the server returns it. */
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

/** Presses the mouse on a row and moves it, so that the albums appear. */
async function lift(page: Page, index: number): Promise<void> {
  const box = (await page.locator(".track .name-text").nth(index).boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y - 10, { steps: 4 });
}

async function moveTo(page: Page, album: string): Promise<void> {
  // The albums are loaded while "New album" is already shown, and then it stands behind them.
  await page.locator(".album-tray li").nth(1).waitFor();
  const target = page.locator(".album-tray li", { hasText: album });
  const box = (await target.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 6 });
  await page.locator(".album-tray li.over", { hasText: album }).waitFor();
}

test(
  "one or several rows are dragged onto an album with the mouse, and each move can be undone",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    for (const [index, prompt] of ["slow piano", "harp and rain", "brass at noon"].entries()) {
      await ask(page, prompt, "30 s");
      await page.waitForFunction((n) => document.querySelectorAll(".track").length === n, index + 1);
      await whole(page);
    }
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
  "on a phone a row can't be dragged, and several pieces are moved and moved back with the menu",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url, phone);
    const { page, complaints } = opened;
    for (const [index, prompt] of ["slow piano", "harp and rain"].entries()) {
      await ask(page, prompt, "30 s");
      await page.waitForFunction((n) => document.querySelectorAll(".track").length === n, index + 1);
      await whole(page);
    }
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
