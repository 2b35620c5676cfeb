// Makes the music that the screenshots of the page show: pieces, versions, an album, a shared link and something in the
// trash.
import type { BrowserContextOptions, Page } from "playwright-core";
import { ask, heardPast, whole } from "../stage/open-page.ts";

const prompts = [
  "Slow piano in the rain",
  "Bright folk guitar",
  "Jazz after midnight",
  "Deep house at sunrise",
  "Waltz for strings and harp",
];

export interface Music {
  readonly state: NonNullable<Exclude<BrowserContextOptions["storageState"], string>>;
  /** The paths of the piece, the album and the shared page. Empty if only pieces were made. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** Makes five pieces. With `isWhole`, makes six pieces, a version, an album, a shared link and a deleted piece. */
export async function makeMusic(page: Page, url: string, isWhole: boolean): Promise<Music> {
  for (const [index, prompt] of (isWhole ? [...prompts, "Tango before midnight"] : prompts).entries()) {
    await ask(page, prompt, "30 s");
    await page.waitForFunction((count) => document.querySelectorAll(".track").length === count, index + 1);
    await whole(page);
  }
  const addresses = isWhole ? await fill(page, url) : {};
  return { state: await page.context().storageState(), addresses };
}

async function fill(page: Page, url: string): Promise<Record<string, string>> {
  const row = (index: number) => page.locator(".track").nth(index);
  const choose = async (index: number, what: string) => {
    await row(index)
      .getByRole("button", { name: /^More for/ })
      .click();
    await row(index).getByText(what, { exact: true }).click();
  };
  await choose(0, "Delete");
  await page.getByText(/is in the trash/).waitFor();
  for (const index of [1, 2]) {
    await choose(index, "Put in an album…");
    if (index === 1) {
      await page.getByLabel("Name of the new album").fill("Late evenings");
      await page.keyboard.press("Enter");
    } else await page.getByRole("dialog").getByRole("button", { name: "Late evenings" }).click();
    await page
      .getByText(/is in the album/)
      .first()
      .waitFor();
    const dismiss = page.getByRole("button", { name: "Dismiss" });
    while ((await dismiss.count()) > 0) await dismiss.first().click();
  }
  await page.getByRole("link", { name: "Albums" }).first().click();
  await page.getByRole("link", { name: /^Late evenings/ }).click();
  await page.locator(".track").nth(1).waitFor();
  const album = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByLabel("Everyone with this link can listen").inputValue();
  await page.goto(url);
  await row(1).locator(".name").click();
  await page.getByLabel(/What should be different/).fill("faster, without drums");
  await page.keyboard.press("Enter");
  await page.locator(".version").nth(1).waitFor();
  await whole(page);
  return { piece: new URL(page.url()).pathname, album, shared: new URL(link).pathname };
}

/**
 * Starts a piece of the list and waits until its first three seconds were played, so that the player and the ring (the
 * drawing of the piece as a circle) show the piece. The piece continues to play.
 */
export async function playRow(page: Page, index: number): Promise<void> {
  await page.locator(".track .play").nth(index).click();
  await heardPast(page, 3);
}

/** Drags a row of the list over the first album and does not drop it, so that this album is marked as the target. */
export async function dragRow(page: Page, index: number): Promise<void> {
  await page.locator(".track").nth(1).waitFor();
  const box = (await page.locator(".track .name-text").nth(index).boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y - 10, { steps: 4 });
  const target = (await page.locator(".album-tray li").first().boundingBox())!;
  await page.mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 6 });
  await page.locator(".album-tray .over").waitFor();
}

/** Starts an endless piece, waits until its first six seconds were played, and scrolls to the top of the page. */
export async function playEndless(page: Page): Promise<void> {
  await ask(page, "Calm piano in the rain", "Endless");
  await heardPast(page, 6);
  await page.evaluate(() => scrollTo(0, 0));
}
