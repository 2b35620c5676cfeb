// Tests the page in Chromium with the real app at bad moments:
// - the network fails when a piece is renamed, moved, deleted or liked, or when a view opens
// - a part of the page can't be loaded
// - a session ends during playback
// - the cookies of a guest are lost
// - the tab was asleep for an hour.
import { afterAll, beforeAll, expect } from "bun:test";
import type { BrowserContext, Page } from "playwright-core";
import {
  ask,
  browserTest as test,
  desktop,
  hasChromium,
  heardPast,
  isPlaying,
  loaded,
  openPage,
  positionOf,
  whole,
} from "./stage/open-page.ts";
import { makePieces, openWithPieces } from "./stage/open-with-pieces.ts";
import { button } from "./stage/press.ts";
import { whileAsleep } from "./stage/sleep-tab.ts";
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
const titles = async (page: Page) => page.locator(".track .name-text").allTextContents();
async function choose(page: Page, index: number, words: string): Promise<void> {
  await button(row(page, index), /^More for/).click();
  await row(page, index).getByText(words, { exact: true }).click();
}
const tryAgain = (page: Page, sentence: string) =>
  button(page.locator(".notice", { hasText: sentence }), "Try again").click();

/** Creates an album with all pieces of the list, and returns its id. */
async function createAlbum({ request }: BrowserContext, name: string): Promise<string> {
  const queries = `${stage.app.url}/v1/queries`;
  const created = await request.post(`${queries}/projects.create`, { data: { name } });
  const { item } = (await created.json()) as { item: { id: string } };
  const { items } = (await (await request.get(`${queries}/tracks.list?limit=10`)).json()) as {
    items: { id: string }[];
  };
  for (const { id } of items)
    await request.post(`${queries}/tracks.move`, { data: { trackId: id, projectId: item.id } });
  return item.id;
}

const signUp = (page: Page, email: string) =>
  page.evaluate(async (as) => {
    const body = JSON.stringify({ business: "demo", email: as, password: "long enough" });
    const headers = { "content-type": "application/json" };
    await fetch("/v1/accounts/sign-up", { method: "POST", headers, body });
  }, email);

test(
  "if an action on a piece fails without a network, the page says that nothing was changed",
  async () => {
    const pieces = [{ prompt: "harp and rain" }, { prompt: "slow piano", seconds: 60 }];
    await using opened = await openWithPieces(stage.browser, stage.app.url, pieces);
    const { page } = opened;
    await row(page, 1).waitFor();
    const before = await titles(page);
    await choose(page, 0, "Put in an album…");
    await page.getByLabel("Name of the new album").fill("Sundays");
    await page.keyboard.press("Enter");
    await page.getByText("is in the album “Sundays”").waitFor();
    await choose(page, 1, "Put in an album…");
    await button(page.getByRole("dialog"), "Sundays").waitFor();
    // The dialog covers the button in the list, so the test calls the button's click() directly.
    await button(row(page), /^Play/).evaluate((element) => (element as HTMLElement).click());
    await heardPast(page, 0.5);
    await loaded(page);

    await page.context().setOffline(true);
    await button(page.getByRole("dialog"), "Sundays").click();
    await page.getByText(`“${before[1]}” was not moved, because the server can’t be reached.`).waitFor();

    await choose(page, 0, "Rename");
    await page.getByLabel("New title").fill("Attic window");
    await page.getByLabel("New title").press("Enter");
    await page.getByText(`“${before[0]}” was not renamed, because the server can’t be reached.`).waitFor();
    expect(await titles(page)).toEqual(before);
    expect(await page.locator(".bar .title").textContent()).not.toContain("Attic");

    // The piece that plays is not deleted, and plays on.
    await choose(page, 0, "Delete");
    await page.getByText(`“${before[0]}” was not deleted, because the server can’t be reached.`).waitFor();
    expect(await titles(page)).toEqual(before);
    expect(await isPlaying(page)).toBe(true);
    const at = await positionOf(page);
    await heardPast(page, at + 0.3);

    await page.context().setOffline(false);
    await tryAgain(page, "was not moved");
    await page.getByText(`“${before[1]}” is in the album “Sundays”.`).waitFor();
    await tryAgain(page, "was not renamed");
    await page.locator(".bar .title", { hasText: "Attic window" }).waitFor();
    await tryAgain(page, "was not deleted");
    await page.getByText("is in the trash.").waitFor();
    await page.reload();
    await rows(page, 1);
    expect(await titles(page)).toEqual([before[1]!]);

    await page.context().setOffline(true);
    await button(row(page), /^Like/).click();
    await page.getByText(`“${before[1]}” was not changed, because the server can’t be reached.`).waitFor();
    expect(await button(row(page), /^Like/).getAttribute("aria-pressed")).toBe("false");
    await button(page, "Select").click();
    await button(page, "Select all").click();
    await button(page.locator(".piece-acts"), "Delete").click();
    await page.getByText("1 piece was not deleted, because the server can’t be reached.").waitFor();
    expect(await titles(page)).toEqual([before[1]!]);
  },
  TEST_MS_MAX,
);

test(
  "after a view failed to load without a network, “Try again” loads the view",
  async () => {
    await using opened = await openWithPieces(stage.browser, stage.app.url, [{ prompt: "slow piano" }]);
    const { page } = opened;
    const album = await createAlbum(page.context(), "Sundays");
    // Waits until all parts of the page are loaded. The browser loads these parts some seconds after the page itself.
    await page.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name }) => name.includes("trash-page")),
    );
    await page.waitForLoadState("networkidle");
    await page.context().setOffline(true);
    const views = {
      "/trash": ["The trash could not be read.", "The trash is empty."],
      "/albums": ["Your albums could not be loaded.", "Sundays"],
      [`/a/${album}`]: ["This album could not be loaded.", "Play all"],
      "/p/0198c0de-0000-7000-8000-000000000000": [
        "This piece could not be loaded.",
        "This piece isn’t here.",
      ],
    };
    for (const [path, [failed, loaded]] of Object.entries(views)) {
      await page.context().setOffline(true);
      await page.evaluate((to) => {
        history.pushState(null, "", to);
        dispatchEvent(new PopStateEvent("popstate"));
      }, path);
      await page.getByText(failed!).waitFor();
      await page.context().setOffline(false);
      await button(page.locator(".library"), "Try again").click();
      await page.locator(".library").getByText(loaded!).waitFor();
    }
    expect(await page.getByText("stopped working").count()).toBe(0);
  },
  TEST_MS_MAX,
);

test(
  "if a part of the page can't be loaded, the music continues",
  async () => {
    // The test can't block requests that a service worker sends, so no service worker is allowed.
    const withoutWorker = { ...desktop, serviceWorkers: "block" } as const;
    await using opened = await openPage(stage.browser, stage.app.url, withoutWorker);
    const { page } = opened;
    await page.route(/assets\/trash-page.*js/, (route) => route.abort());
    await ask(page, "slow piano", "1 min");
    await heardPast(page, 0.3);
    await button(page, "More").click();
    await page.getByRole("link", { name: "Trash", exact: true }).click();
    await page.getByText("This part of the page could not be loaded.").waitFor();
    const at = await positionOf(page);
    await heardPast(page, at + 0.3);
    await page.unroute(/assets\/trash-page.*js/);
    await page.goBack();
    await row(page).waitFor();
    await button(page, "More").click();
    await page.getByRole("link", { name: "Trash", exact: true }).click();
    await page.getByText("The trash is empty.").waitFor();
  },
  TEST_MS_MAX,
);

test(
  "if a member's session ends during playback, the piece can be continued after a sign-in",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page } = opened;
    await signUp(page, "mid-play@example.com");
    await page.reload();
    await button(page.locator(".tools"), "Your account").waitFor();
    await ask(page, "slow piano", "2 min");
    await heardPast(page, 0.5);
    await page.context().clearCookies();
    await page.getByText("You have been signed out.").waitFor();
    await page.getByText("Sign in to see your pieces.").first().waitFor();
    expect(await isPlaying(page)).toBe(true);
    const at = await positionOf(page);
    await heardPast(page, at + 0.5);
    // When playback reaches the end of the loaded audio, playback stops.
    await page.evaluate(() => {
      const audio = document.querySelector("audio")!;
      audio.currentTime = audio.buffered.end(audio.buffered.length - 1) - 1.5;
    });
    await page.locator(".status", { hasText: "The audio could not be loaded." }).waitFor();
    const end = await positionOf(page);
    await button(page.locator(".tools"), "Sign in").click();
    await page.getByLabel("E-mail").fill("mid-play@example.com");
    await page.getByLabel(/^Password/).fill("long enough");
    await page.getByLabel(/^Password/).press("Enter");
    await page.getByText("Welcome back.").waitFor();
    await row(page).waitFor();
    await button(page.locator(".bar"), "Try again").click();
    await heardPast(page, end + 1);
    expect(await positionOf(page)).toBeLessThan(end + 5);
  },
  TEST_MS_MAX,
);

test(
  "if a guest's cookies are gone, the page says that the session has ended",
  async () => {
    await using opened = await openWithPieces(stage.browser, stage.app.url, [{ prompt: "slow piano" }]);
    const { page } = opened;
    await row(page).waitFor();
    const [before] = await titles(page);
    await page.context().clearCookies();
    await choose(page, 0, "Rename");
    await page.getByLabel("New title").fill("Attic window");
    await page.getByLabel("New title").press("Enter");
    await page.getByText("Your session as a guest has ended.").waitFor();
    await page.getByText("New pieces are in a new list.").waitFor();
    expect(await titles(page)).toEqual([before!]);
    await button(page, "Dismiss").click();
    await ask(page, "harp and rain", "30 s");
    await heardPast(page, 0.5);
    await whole(page);
    await page.context().clearCookies();
    // The same message is shown if the first action without the cookies is the request for a piece.
    await ask(page, "brass at noon", "30 s");
    await page.getByText("Your session as a guest has ended.").waitFor();
    await heardPast(page, 0.5);
    await page.reload();
    await rows(page, 1);
  },
  TEST_MS_MAX,
);

test(
  "after a tab was asleep for an hour, playback continues at the same position",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page } = opened;
    await ask(page, "slow piano", "1 min");
    await heardPast(page, 1);
    const began = performance.now();
    const at = await positionOf(page);
    const storageState = await page.context().storageState();
    const other = await stage.browser.newContext({ storageState });
    const onOther = (prompt: string) => makePieces(other, stage.app.url, [{ prompt }]);
    const wakeUp = async () => {
      await page.evaluate(() => {
        const { now } = Date;
        Date.now = () => now() + 3_600_000;
        // The clock of the page is put forward by an hour. A browser without a window never hides a tab, so the test
        // dispatches the event that a browser dispatches when a person returns to the tab.
        document.dispatchEvent(new Event("visibilitychange"));
      });
    };

    let asleepMs = 0;
    await whileAsleep(stage.browser, page, async () => {
      const from = performance.now();
      await onOther("made on another device");
      // All connections of the sleeping tab end.
      await stage.app.stopApi();
      await stage.app.startApi();
      asleepMs = performance.now() - from;
    });
    await wakeUp();
    // Playback pauses while the tab is asleep. So the piece has advanced by no more than the time for which the tab was
    // awake.
    const goesOnAt = await positionOf(page);
    expect(goesOnAt).toBeWithin(at, at + (performance.now() - began - asleepMs) / 1000 + 0.5);
    await row(page, 1).waitFor();
    await heardPast(page, goesOnAt + 1);
    await button(page, "Stop making").waitFor({ state: "detached" });

    // While no piece is made, the list is read again only when the person returns to the tab.
    await whileAsleep(stage.browser, page, () => onOther("made in the meantime"));
    await wakeUp();
    await row(page, 2).waitFor();
    expect(await page.locator(".notice").count()).toBe(0);
    await other.close();
  },
  TEST_MS_MAX,
);
