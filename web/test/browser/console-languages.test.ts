// Tests in Chromium that the console is translated to German and Arabic: no English text is left in the views, no
// view is wider than the screen, and axe finds no problem in the Arabic views.
import { afterAll, beforeAll, expect } from "bun:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { ar } from "../../src/console/i18n/ar.ts";
import { de } from "../../src/console/i18n/de.ts";
import { barriers } from "./stage/barriers.ts";
import { giveLooks } from "./stage/give-looks.ts";
import { browserTest as test, desktop, hasChromium, phone } from "./stage/open-page.ts";
import { setStage, type Stage, TEST_MS_MAX } from "./stage/stage.ts";

let stage: Stage;
let keyOfDemo = "";
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
  ({ key: keyOfDemo = "" } = await send(stage.app.operatorKey, "POST", "/v1/businesses/demo/keys", {
    name: "Laden",
  }));
  const { token = "" } = await send(keyOfDemo, "POST", "/v1/tokens", { userId: "bea" });
  await send(token, "POST", "/v1/generations", { prompt: "Rain on a tin roof", durationSeconds: 10 });
}, 60_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

async function send(key: string, method: string, path: string, body?: object) {
  const res = await fetch(`${stage.app.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await res.json()) as Record<string, string>;
}

async function openConsole(options: BrowserContextOptions, url = `${stage.app.url}/console`) {
  const context = await stage.browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (err) => complaints.push(err.message));
  await page.goto(url);
  await page.locator('input[name="key"]').waitFor();
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/**
 * Returns a function that tells whether a text on the page is one of the console's English texts. Three kinds of
 * English texts are left out, because they would also match translated texts:
 * - a text that is the same in the translation, such as a name;
 * - a text with fewer than two letters;
 * - a text with placeholders and fewer than five letters outside of them, such as "{made} of {length}".
 */
function createIsEnglish(words: typeof de): (text: string) => boolean {
  const own = new Set(
    Object.values(words).flatMap((entry) => Object.values(typeof entry === "string" ? [entry] : entry)),
  );
  const patterns = Object.keys(words)
    .filter((text) => !own.has(text))
    .map((text) => text.split(/\{\w+\}/))
    .filter((parts) => parts.join("").replaceAll(/[^a-z]/gi, "").length >= (parts.length === 1 ? 2 : 5))
    .map((parts) => new RegExp(`^${parts.map(RegExp.escape).join(".+")}$`));
  return (text) => patterns.some((pattern) => pattern.test(text));
}

/**
 * The title and the texts of the page, and the attributes `aria-label`, `title` and `placeholder` of all elements. Two
 * kinds of texts are left out: texts in code (such as ids), and texts in an element that has the attribute `lang`.
 */
const textsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof HTMLElement)
        for (const name of ["aria-label", "title", "placeholder"]) found.push(node.getAttribute(name) ?? "");
      else if (!node.parentElement?.closest("code, pre, script, [lang]:not(html)"))
        found.push(node.textContent ?? "");
    }
    return found.map((text) => text.trim()).filter((text) => text !== "");
  });

const languages = [
  { tag: "de", words: de, isEnglish: createIsEnglish(de), dir: "ltr" },
  { tag: "ar", words: ar, isEnglish: createIsEnglish(ar), dir: "rtl" },
] as const;
const views = {
  operator: ["today", "businesses", "businesses/demo", "queues", "generators", "fleet", "commands"].concat(
    ["generations", "users", "usage", "keys", "limits", "generators", "queries", "app", "database"].map(
      (view) => `businesses/demo/${view}`,
    ),
    "businesses/demo/webhooks",
  ),
  business: ["today", "generations", "users", "usage", "queries", "webhooks"],
};

/**
 * Opens each of these views. Returns the English texts in the views, and the names of the views that are wider than the
 * screen. In a language that is written from right to left, also returns the problems that axe finds.
 */
async function faultsOf(page: Page, of: readonly string[], { isEnglish, dir }: (typeof languages)[number]) {
  const faults: string[] = [];
  for (const view of of) {
    await page.evaluate((hash) => {
      location.hash = `#/${hash}`;
    }, view);
    await page.waitForFunction(
      () =>
        document.querySelector("main :is(h2, h3)") !== null &&
        [...document.querySelectorAll("main p.empty")].every(({ textContent }) => !textContent.endsWith("…")),
    );
    for (const text of await textsOf(page)) if (isEnglish(text)) faults.push(`${view}: ${text}`);
    // The problems that axe finds do not depend on the words, so axe checks the views in only one language.
    if (dir === "rtl") for (const barrier of await barriers(page)) faults.push(`${view}: ${barrier}`);
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth))
      faults.push(`${view}: too wide`);
  }
  return faults;
}

for (const spoken of languages) {
  const { tag, words, isEnglish, dir } = spoken;
  const enter = async (page: Page, key: string) => {
    expect((await textsOf(page)).filter(isEnglish)).toEqual([]);
    await page.locator('input[name="key"]').fill(key);
    await page.getByRole("button", { name: words.Enter as string, exact: true }).click();
    await page.locator("nav.pages").waitFor();
  };

  test(
    `in ${tag}, the operator's views of the console show no English text`,
    async () => {
      await using opened = await openConsole({ ...desktop, locale: tag });
      const { page, complaints } = opened;
      await enter(page, stage.app.operatorKey);
      expect(
        await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]),
      ).toEqual([tag, dir]);
      expect(await faultsOf(page, views.operator, spoken)).toEqual([]);
      expect(complaints).toEqual([]);
    },
    2 * TEST_MS_MAX,
  );

  test(
    `in ${tag}, the views of the console for a business show no English text on a phone`,
    async () => {
      await using opened = await openConsole({ ...phone, locale: tag });
      const { page, complaints } = opened;
      await enter(page, keyOfDemo);
      expect(await faultsOf(page, views.business, spoken)).toEqual([]);
      expect(complaints).toEqual([]);
    },
    2 * TEST_MS_MAX,
  );
}

test(
  "if the operator chooses a language, the console keeps this language after a reload",
  async () => {
    await using opened = await openConsole({ ...desktop, locale: "en-GB" });
    const { page } = opened;
    expect((await textsOf(page)).filter(languages[0].isEnglish)).toContain("Enter with a key");
    await page.locator('input[name="key"]').fill(stage.app.operatorKey);
    await page.keyboard.press("Enter");
    await page.getByLabel("Language").selectOption("ar");
    await page.getByRole("heading", { name: ar.Overview as string }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: ar.Overview as string }).waitFor();
    await page.getByRole("link", { name: ar.Businesses as string }).click();
    await page.locator('input[name="slug"]').fill("demo");
    await page.getByRole("button", { name: ar.Create as string, exact: true }).click();
    const refusal = page.locator(".refusal", { hasText: ar.CONFLICT as string });
    await refusal.waitFor();
    // The page adds the server's own sentence, because only that sentence says what is in conflict.
    expect(await refusal.textContent()).toMatch(/\u2068[A-Z].*demo.*\u2069/);
    await page.getByLabel(ar.Language as string).selectOption("en");
    await page.getByRole("heading", { name: "Businesses" }).waitFor();
    expect(await page.evaluate(() => [document.documentElement.dir, document.title])).toEqual([
      "ltr",
      "Console · Rondo",
    ]);
  },
  TEST_MS_MAX,
);

test(
  "at the host of a business, the console begins in a language of the business",
  async () => {
    const { nahr } = await giveLooks(stage.app, ["nahr"]);
    await using opened = await openConsole({ ...desktop, locale: "fr-FR" }, `${nahr}console`);
    await opened.page.getByRole("heading", { name: ar["Enter with a key"] as string }).waitFor();
    await opened.page.getByLabel(ar.Language as string).selectOption("de");
    await opened.page.getByRole("heading", { name: de["Enter with a key"] as string }).waitFor();
  },
  TEST_MS_MAX,
);
