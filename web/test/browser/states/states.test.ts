// Tests every state of the page with axe in Chromium with the real app: on a phone and on a desktop, in light and in dark colours,
// from left to right and from right to left. A short run looks at each state once, in turn with another setting.
import { afterAll, beforeAll, expect } from "bun:test";
import type { BrowserContextOptions } from "playwright-core";
import { runsLongTests } from "../../../../src/testing/long-tests.ts";
import { barriers } from "../stage/barriers.ts";
import { browserTest as test, desktop, hasChromium, phone } from "../stage/open-page.ts";
import { setStage, type Stage } from "../stage/stage.ts";
import { makeMembersMusic } from "./state-music.ts";
import { inArabic, inEnglish, memberStates, type StateSetting, visitorStates } from "./states.ts";

const LIMIT_MS = runsLongTests ? 300_000 : 90_000;

let stage: Stage;
let member: BrowserContextOptions["storageState"];
let addresses: StateSetting["addresses"];
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  await page.goto(`${stage.app.url}/robots.txt`);
  addresses = await makeMembersMusic(page, "ada@example.com");
  member = await context.storageState();
  await context.close();
}, 120_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

const settings = [
  ...(["light", "dark"] as const).flatMap((colorScheme) =>
    Object.entries({ phone, desktop }).flatMap(([device, options]) =>
      (["en", "ar"] as const).map((locale) => ({
        name: `${device}, ${colorScheme}, ${locale === "ar" ? "right to left" : "left to right"}`,
        options: { ...options, colorScheme, locale },
      })),
    ),
  ),
];

const groups = { "a member with music": memberStates, "a visitor": visitorStates };
for (const [index, { name, options }] of settings.entries())
  for (const [who, states] of Object.entries(groups))
    test(
      `axe finds no problem in what ${who} sees: ${name}`,
      async () => {
        const found: string[] = [];
        for (const [at, [state, open]] of Object.entries(states).entries()) {
          if (!runsLongTests && at % settings.length !== index) continue;
          const signedIn = states === memberStates && member ? { storageState: member } : {};
          const context = await stage.browser.newContext({ ...options, ...signedIn });
          context.setDefaultTimeout(15_000);
          const page = await context.newPage();
          const say = options.locale === "ar" ? inArabic : inEnglish;
          try {
            await open({ page, url: stage.app.url, addresses, say });
            // At the end of the page, the player covers nothing. Elsewhere axe would report what is half below it.
            await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
            found.push(...(await barriers(page)).map((one) => `${state}: ${one}`));
            const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            if (isWide) found.push(`${state}: it is wider than the screen`);
          } catch (err) {
            found.push(`${state}: ${(err as Error).message.slice(0, 300)}`);
          } finally {
            await context.close();
          }
        }
        expect(found).toEqual([]);
      },
      LIMIT_MS,
    );
