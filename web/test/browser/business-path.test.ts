// Tests in Chromium that the page of a business works below a path of a shared host, beside the page of another
// business.
import { afterAll, beforeAll, expect } from "bun:test";
import { giveLooks } from "./stage/give-looks.ts";
import { ask, browserTest, hasChromium, heardPast, listen, openPage, SOUND } from "./stage/open-page.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
let halde: string;

beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
  await giveLooks(stage.app, ["halde"]);
  halde = `${new URL(stage.app.url).origin}/b/halde`;
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

browserTest(
  "below the path of a business, a piece is made, heard, opened, and listed without a network; another business on the host keeps its own list",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    const tracks = page.locator(".track");
    await ask(page, "marimba at breakfast", "30 s");
    await tracks.waitFor();
    await page.goto(`${halde}/`);
    expect(await page.locator("h1").textContent()).toContain("Halde");
    await page.evaluate(() => navigator.serviceWorker.ready);
    expect(await tracks.count()).toBe(0);
    await ask(page, "hard techno", "30 s");
    await heardPast(page, 1);
    expect(await listen(page)).toBeGreaterThan(SOUND);
    const title = (await page.locator(".now-title").textContent())!;
    await page.locator(".now-title").click();
    await page.waitForURL(`${halde}/p/*`);
    await page.reload();
    await page.getByRole("link", { name: "Your pieces" }).click();
    await page.waitForURL(`${halde}/`);
    await tracks.waitFor();
    await page.goto(`${halde}/albums`);
    await page.getByRole("heading", { name: "Albums" }).waitFor();
    await page.goBack();
    expect(complaints).toEqual([]);
    await page.context().setOffline(true);
    await page.goto(`${halde}/`);
    await page.locator(".track", { hasText: title }).waitFor();
    await page.context().setOffline(false);
    await page.goto(stage.app.url);
    await tracks.waitFor();
    expect(await tracks.count()).toBe(1);
    expect(await tracks.textContent()).not.toContain(title);
  },
  TEST_MS_MAX,
);
