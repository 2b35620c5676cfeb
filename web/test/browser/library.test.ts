// Tests the page in Chromium with a real server: the list of pieces, new versions, deletion, albums, share links and
// downloads.
import { afterAll, beforeAll, expect } from "bun:test";
import type { Locator, Page } from "playwright-core";
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
import { openWithPieces } from "./stage/open-with-pieces.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

const row = (page: Page, index = 0) => page.locator(".track").nth(index);
const rows = (page: Page, count: number) =>
  page.waitForFunction((n) => document.querySelectorAll(".track").length === n, count);
const namesOf = (page: Page) => page.locator(".name-text").allTextContents();
/** Opens the menu of a row in a list, and chooses an action. */
async function choose(line: Locator, words: string): Promise<void> {
  await line.getByRole("button", { name: /^More for/ }).click();
  await line.getByText(words, { exact: true }).click();
}

test(
  "the list of a guest's pieces is the same after a reload",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await page.getByText("Your pieces will be here.").waitFor();
    await ask(page, "slow piano in the rain", "30 s");
    await heardPast(page, 0.5);
    await ask(page, "bright folk guitar", "30 s");
    await rows(page, 2);
    // Until the composer has found a title, the prompt is shown.
    await whole(page);
    const names = await namesOf(page);
    await page.reload();
    await rows(page, 2);
    expect(await namesOf(page)).toEqual(names);
    await row(page, 1).getByRole("button", { name: /^Play/ }).click();
    await heardPast(page, 1);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "an open menu doesn't move when the server answers which files a piece has",
  async () => {
    await using opened = await openWithPieces(stage.browser, stage.app.url, [{ prompt: "slow piano" }]);
    const { page, complaints } = opened;
    const answer = Promise.withResolvers<void>();
    await page.route(/\/v1\/generations\/[^/]+$/, async (route) => {
      await answer.promise;
      await route.continue();
    });
    await row(page)
      .getByRole("button", { name: /^More for/ })
      .click();
    const last = row(page).getByText("Delete", { exact: true });
    const before = await last.boundingBox();
    expect(before).not.toBeNull();
    // The arrow keys skip the links that can't be used yet.
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    expect(await page.locator(":focus").textContent()).toBe("Download WAV");
    answer.resolve();
    await row(page).getByRole("link", { name: "Download MIDI" }).waitFor();
    expect(await last.boundingBox()).toEqual(before);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a renamed piece keeps the new name after a reload",
  async () => {
    await using opened = await openWithPieces(stage.browser, stage.app.url, [{ prompt: "slow piano" }]);
    const { page, complaints } = opened;
    await row(page).getByRole("button", { name: /^Play/ }).click();
    await choose(row(page), "Rename");
    await page.getByLabel("New title").fill("Sunday crates");
    await page.getByLabel("New title").press("Enter");
    await page.locator(".bar .title", { hasText: "Sunday crates" }).waitFor();
    await page.reload();
    await row(page).getByText("Sunday crates").waitFor();
    await page.getByLabel("Search your pieces").fill("nothing like it");
    await page.getByText("No pieces match “nothing like it”.").waitFor();
    await page.getByLabel("Search your pieces").fill("crates");
    await row(page).getByText("Sunday crates").waitFor();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a new version of a piece plays at once, and can be compared with the parent version",
  async () => {
    const first = { prompt: "lo-fi for a late train", seconds: 30 };
    await using opened = await openWithPieces(stage.browser, stage.app.url, [first]);
    const { page, complaints } = opened;
    await choose(row(page), "Versions");
    await page.getByRole("button", { name: "without drums" }).click();
    await page.getByLabel("What should be different?").press("End");
    await page.keyboard.type(", feed the cat");
    await page.keyboard.press("Enter");
    await page.getByText(/Not understood: “feed the cat”/).waitFor();
    await page.locator(".version.current", { hasText: "from 1" }).waitFor();
    await heardPast(page, 1);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    await whole(page);
    const source = () => page.evaluate(() => document.querySelector("audio")!.src);
    const isPaused = () => page.evaluate(() => document.querySelector("audio")!.paused);
    const isAt = (at: number) =>
      page.waitForFunction((to) => {
        const { currentTime, readyState } = document.querySelector("audio")!;
        return readyState > 1 && Math.abs(currentTime - to) < 0.3;
      }, at);
    await page.getByRole("button", { name: "Pause" }).click();
    const [second, at] = [await source(), await positionOf(page)];
    await page.getByRole("button", { name: "A version 1" }).click();
    await page.locator(".version.current", { hasText: first.prompt }).waitFor();
    await isAt(at);
    expect([await isPaused(), (await source()) === second]).toEqual([true, false]);
    await page.locator(".bar").getByRole("button", { name: "Play", exact: true }).click();
    await heardPast(page, at + 0.3);
    await page.getByRole("button", { name: "B version 2" }).click();
    await page.locator(".version.current", { hasText: "from 1" }).waitFor();
    await heardPast(page, at + 0.5);
    expect(await isPaused()).toBe(false);
    for (const [format, start] of [
      ["MP3", "ID3"],
      ["WAV", "RIFF"],
      ["MIDI", "MThd"],
    ] as const) {
      const saving = page.waitForEvent("download");
      await choose(page.locator(".version").nth(1), `Download ${format}`);
      const file = await saving;
      expect(file.suggestedFilename()).toMatch(/ \(version 2\)\.(mp3|wav|mid)$/);
      expect(
        await Bun.file(await file.path())
          .slice(0, start.length)
          .text(),
      ).toBe(start);
    }
    await choose(page.locator(".version").nth(1), "Delete");
    await page.getByText(/^Version 2 of .* is in the trash/).waitFor();
    expect(await page.locator(".version").count()).toBe(0);
    await page.getByLabel("What should be different?").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.locator(".version", { hasText: "from 1" }).waitFor();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a deleted piece can be restored or purged",
  async () => {
    const pieces = [{ prompt: "music box lullaby" }, { prompt: "slow piano", seconds: 60 }];
    await using opened = await openWithPieces(stage.browser, stage.app.url, pieces);
    const { page, complaints } = opened;
    await rows(page, 2);
    const [title = ""] = await namesOf(page);
    await row(page).getByRole("button", { name: /^Play/ }).click();
    await heardPast(page, 0.3);
    // This part uses the keyboard as far as possible.
    await row(page)
      .getByRole("button", { name: /^More for/ })
      .press("Enter");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await rows(page, 1);
    // The piece plays until the server has accepted the deletion.
    await page.waitForFunction(() => document.querySelector("audio")!.paused);
    // Waits until the server has deleted the piece, because the deletion can't be undone earlier.
    await page.getByText(`${title} is in the trash.`).waitFor();
    await page.keyboard.press("z");
    await rows(page, 2);
    await row(page).getByText(title).waitFor();
    await choose(row(page), "Delete");
    await page.getByText(`${title} is in the trash.`).waitFor();
    expect(await barriers(page)).toEqual([]);
    const trash = page.getByRole("region", { name: "Trash" });
    const openTrash = async () => {
      await page.getByRole("button", { name: "More", exact: true }).click();
      await page.getByRole("link", { name: "Trash" }).click();
    };
    await openTrash();
    await trash.getByRole("button", { name: `Delete for good: ${title}` }).click();
    await trash.getByRole("button", { name: "Keep it" }).press("Enter");
    expect(await barriers(page)).toEqual([]);
    await trash.getByRole("button", { name: `Restore ${title}` }).click();
    await trash.getByText("The trash is empty.").waitFor();
    await page.goBack();
    await rows(page, 2);
    await choose(row(page), "Delete");
    await page.getByText(`${title} is in the trash.`).waitFor();
    await openTrash();
    await trash.getByRole("button", { name: `Delete for good: ${title}` }).click();
    await trash.getByText(`Delete “${title}” and the audio forever?`).waitFor();
    await trash.getByRole("button", { name: "Delete forever" }).click();
    await trash.getByText("The trash is empty.").waitFor();
    await page.reload();
    await trash.getByText("The trash is empty.").waitFor();
    await page.getByRole("link", { name: "Rondo" }).click();
    await rows(page, 1);
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "an album can be created, filled, played, deleted and restored",
  async () => {
    const pieces = [{ prompt: "hymn for a machine" }, { prompt: "slow piano" }];
    await using opened = await openWithPieces(stage.browser, stage.app.url, pieces);
    const { page, complaints } = opened;
    await rows(page, 2);
    await choose(row(page), "Put in an album…");
    await page.getByLabel("Name of the new album").fill("Sundays");
    await page.keyboard.press("Enter");
    await page.getByText(/is in the album “Sundays”/).waitFor();
    await page.getByRole("link", { name: "Albums" }).first().click();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole("link", { name: /^Sundays/ }).click();
    await page.getByRole("heading", { name: "Sundays" }).waitFor();
    await rows(page, 1);
    expect(await barriers(page)).toEqual([]);
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download as ZIP" }).click();
    expect((await saving).suggestedFilename()).toBe("Sundays.zip");
    await page.getByRole("button", { name: "Play all" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("The album “Sundays” is in the trash.").waitFor();
    expect(await page.evaluate(() => document.querySelector("audio")!.paused)).toBe(true);
    const album = page.getByRole("link", { name: /^Sundays/ });
    await album.waitFor({ state: "detached" });
    // Two notices have a button "Undo". The button of the last notice restores the album.
    await page.getByRole("button", { name: "Undo" }).last().click();
    await album.click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await album.waitFor({ state: "detached" });
    await page.goto(stage.app.url);
    await rows(page, 1);
    await page.goto(`${stage.app.url}/trash`);
    await page.getByRole("button", { name: "Restore Sundays" }).click();
    await page.goto(stage.app.url);
    await rows(page, 2);
    // The deletion of a piece whose audio is being loaded ends the response, which Chromium logs as a connection error.
    expect(complaints.filter((one) => !one.includes("ERR_CONNECTION_RESET"))).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "anyone with the link of a shared piece can play the piece, until the owner ends the link",
  async () => {
    const piece = { prompt: "slow cello", seconds: 30 };
    await using opened = await openWithPieces(stage.browser, stage.app.url, [piece]);
    const { page, complaints } = opened;
    await rows(page, 1);
    const [title = ""] = await namesOf(page);
    await page.locator(".track .name").click();
    await page.getByRole("button", { name: "Share", exact: true }).click();
    await page.getByRole("button", { name: "Make a link" }).click();
    const field = page.getByLabel("Everyone with this link can listen");
    await field.waitFor();
    expect(await barriers(page)).toEqual([]);
    const url = await field.inputValue();

    await using other = await openPage(stage.browser, stage.app.url);
    const missed: string[] = [];
    other.page.on("response", (res) => void (res.status() >= 400 && missed.push(res.url())));
    await other.page.goto(url);
    await other.page.getByRole("heading", { name: title }).waitFor();
    expect(await barriers(other.page)).toEqual([]);
    await other.page.evaluate(() => document.querySelector("audio")!.play());
    await heardPast(other.page, 0.5);
    expect(await listen(other.page)).toBeGreaterThan(SOUND);
    expect([...other.complaints, ...missed]).toEqual([]);

    await page.getByRole("button", { name: "End the link" }).click();
    await page.getByText("This is private.").waitFor();
    expect((await other.page.goto(url))!.status()).toBe(404);
    await other.page.getByText("There is no music here.").waitFor();
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);
