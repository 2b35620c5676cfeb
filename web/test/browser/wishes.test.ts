// Tests in Chromium the wishes that a user sends with a prompt, such as a tempo, a key or lyrics. Also tests that the
// ideas for prompts and the suggested changes are in the language of the page, and that the composer understands both.
import { ar } from "../../src/i18n/ar.ts";
import { de } from "../../src/i18n/de.ts";
import { afterAll, beforeAll, expect } from "bun:test";
import { ask, browserTest as test, desktop, hasChromium, heardPast, openPage } from "./stage/open-page.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

test(
  "the liner notes of a piece show the requested tempo, key and meter",
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
  "if the tempo is invalid, the prompt is not sent, and the hidden tempo field is shown",
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

interface Started {
  readonly understood?: readonly string[];
  readonly notUnderstood?: readonly string[];
}

test.each([
  [
    "de",
    de,
    /^[^·]+ · \d+ BPM · \p{L}+-(?:Dur|Moll|\p{Ll}+isch) · /u,
    /^Verstanden: Tempo \d+ BPM, noch eine Aufnahme\.$/,
  ],
  [
    "ar",
    ar,
    /^[^·a-zA-Z]+ · \d+ نبضة\/د · [^·a-zA-Z]+ · [^a-zA-Z]+$/,
    /^فُهم: السرعة \d+ نبضة\/د، تسجيل آخر\.$/,
  ],
] as const)(
  "on a page in %s, the composer understands an idea and two suggested changes",
  async (language, words, plan, revision) => {
    const text = (english: string) => words[english] as string;
    const context = await stage.browser.newContext({ ...desktop, locale: language });
    const page = await context.newPage();
    await page.goto(stage.app.url);
    await page.getByLabel(text("What should it sound like?")).waitFor();
    const ideas = await page.evaluate(
      (tongue) => JSON.parse(document.getElementById("business")!.textContent).ideas[tongue] as string[],
      language,
    );
    const chips = page.locator(".compose .ideas .chip:not(.dice)");
    const shown = await chips.allTextContents();
    expect(shown).toHaveLength(4);
    for (const idea of shown) expect(ideas).toContain(idea);

    const answerOf = async (path: RegExp, act: () => Promise<void>) => {
      const [res] = await Promise.all([
        page.waitForResponse((one) => one.request().method() === "POST" && path.test(one.url()), {
          timeout: TEST_MS_MAX,
        }),
        act(),
      ]);
      expect(res.ok()).toBe(true);
      return (await res.json()) as Started;
    };
    await page.locator(".lengths input").first().check();
    const made = await answerOf(/\/v1\/generations$/, () => chips.first().click());
    expect(made.notUnderstood).toEqual([]);
    await page.locator(".track .name").first().click();
    await page.getByLabel(text("What should be different?")).waitFor();
    expect(await page.locator(".notes-facts").textContent()).toMatch(plan);
    const change = page.locator(".change .ideas .chip");
    expect(await change.allTextContents()).toContain(text("extend by 30 s"));
    await change.filter({ hasText: text("faster") }).click();
    await change.filter({ hasText: text("another take") }).click();
    const changed = await answerOf(/\/versions$/, () =>
      page
        .locator(".change")
        .getByRole("button", { name: text("Compose") })
        .click(),
    );
    expect([changed.understood?.length, changed.notUnderstood]).toEqual([2, []]);
    await page.locator(".understood", { hasText: revision }).waitFor();
    await context.close();
  },
  2 * TEST_MS_MAX,
);
