// Tests in Chromium the wishes that are sent with a prompt, from their fields to the liner notes of the piece.
import { afterAll, beforeAll, expect } from "bun:test";
import { ask, browserTest as test, hasChromium, heardPast, openPage } from "./stage/open-page.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

test(
  "the liner notes of a piece show the requested tempo and key, and say that the lyrics are not sung",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page, complaints } = opened;
    await page.getByText("More wishes").click();
    await page.getByLabel("Tempo").fill("90");
    await page.getByLabel("Key").selectOption("D minor");
    await page.getByLabel("Meter").selectOption("3/4");
    await page.getByLabel("Lyrics").fill("La la la");
    await page.getByText("More wishes (4)").waitFor();
    await ask(page, "fast jazz in A major", "30 s");
    await heardPast(page, 0.5);
    await page.locator(".track .name").first().click();
    const notes = page.locator(".liner-notes");
    await notes.getByText("90 bpm").waitFor();
    const text = (await notes.textContent()) ?? "";
    expect(text).toContain("jazz · 90 bpm · D minor · 3/4");
    expect(text).toContain(
      "Without effect: “fast”, “A major”, “lyrics, because the built-in composer does not sing”",
    );
    expect(complaints).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a tempo that can't be sent is shown where it was typed, even if the fields are closed",
  async () => {
    await using opened = await openPage(stage.browser, stage.app.url);
    const { page } = opened;
    await page.getByText("More wishes").click();
    await page.getByLabel("Tempo").fill("301");
    await page.getByText("More wishes").click();
    expect(await page.getByLabel("Tempo").isVisible()).toBe(false);
    await ask(page, "jazz", "30 s");
    await page.getByLabel("Tempo").waitFor();
    expect(await page.evaluate(() => document.activeElement?.matches(":invalid"))).toBe(true);
    expect(await page.locator(".track").count()).toBe(0);
    await page.getByLabel("Tempo").fill("120");
    await page.getByLabel("Tempo").press("Enter");
    await page.locator(".track").first().waitFor();
  },
  TEST_MS_MAX,
);
