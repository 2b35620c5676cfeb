// Tests every listed state of the page with axe. The page runs in Chromium with the real app. There are eight
// combinations of settings: on a phone or a desktop, in light or dark colours, from left to right or from right to
// left. A short run tests each state with one combination. With RONDO_TEST_LONG=1, each state is tested with all of
// them.
import { afterAll, beforeAll, expect } from "bun:test";
import type { BrowserContext, Page } from "playwright-core";
import { runsLongTests } from "../../../../src/testing/long-tests.ts";
import { barriers } from "../stage/barriers.ts";
import { browserTest as test, desktop, hasChromium, phone } from "../stage/open-page.ts";
import { type Makings, watchMakings } from "../stage/makings.ts";
import { setStage, type Stage } from "../stage/stage.ts";
import { businessStates, operatorStates } from "./console-states.ts";
import { createBusinesses, makeMembersMusic } from "./state-music.ts";
import { inArabic, inEnglish, memberStates, type StateSetting, visitorStates } from "./states.ts";

const LIMIT_MS = runsLongTests ? 900_000 : 120_000;
/** The number of states that a test opens at the same time. */
const PAGES = 2;

let stage: Stage;
let member: Cookies;
let found: Pick<StateSetting, "addresses" | "house" | "keys">;
beforeAll(async () => {
  if (!hasChromium) return;
  stage = await setStage();
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  await page.goto(`${stage.app.url}/robots.txt`);
  const addresses = await makeMembersMusic(page, "ada@example.com");
  member = await context.cookies();
  await context.close();
  found = { addresses, ...(await createBusinesses(stage.app)) };
}, 120_000);
afterAll(() => stage?.[Symbol.asyncDispose](), 20_000);

const settings = Object.entries({ phone, desktop }).flatMap(([device, options]) =>
  (["en", "ar"] as const).map((locale) => ({
    name: `${device}, ${locale === "ar" ? "right to left" : "left to right"}`,
    say: locale === "ar" ? inArabic : inEnglish,
    // The states replace responses with Playwright's `route`, which doesn't see the requests of a service worker.
    options: { ...options, locale, serviceWorkers: "block" } as const,
  })),
);
type Setting = (typeof settings)[number];
type States = typeof memberStates;

const groups: Readonly<Record<string, States>> = {
  "a member with music": memberStates,
  "a visitor": visitorStates,
  "the operator in the console": operatorStates,
  "a business in the console": businessStates,
};
const schemes = ["light", "dark"] as const;

/**
 * Opens a state, and returns the problems that axe finds in each of the colour schemes `looks`. A page that is wider
 * than the screen is also a problem, and so is a state that can't be opened or examined; this function does not throw.
 */
async function problemsOf(
  page: Page,
  [state, open]: [string, States[string]],
  { say, looks }: Pick<Setting, "say"> & { looks: readonly (typeof schemes)[number][] },
): Promise<string[]> {
  const problems: string[] = [];
  try {
    await open({ page, url: stage.app.url, say, ...found });
    // At the end of the page, the player covers nothing. At another scroll position, axe would report elements that are
    // half hidden by the player.
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    for (const colorScheme of looks) {
      await page.emulateMedia({ colorScheme });
      problems.push(...(await barriers(page)).map((one) => `${state}, ${colorScheme}: ${one}`));
    }
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWide) problems.push(`${state}: it is wider than the screen`);
  } catch (err) {
    problems.push(`${state}: ${(err as Error).message.slice(0, 300)}`);
  }
  return problems;
}

interface Tab {
  readonly page: Page;
  readonly makings: Makings;
}
const tabs = new Map<Setting, Promise<Tab[]>>();

/**
 * Returns the tabs of a setting. All states of the setting use the same tabs, because opening a new
 * browser context takes longer than testing most states.
 */
function tabsOf(setting: Setting): Promise<Tab[]> {
  const open = async (): Promise<Tab> => {
    const context = await stage.browser.newContext(setting.options);
    context.setDefaultTimeout(runsLongTests ? 30_000 : 15_000);
    const page = await context.newPage();
    return { page, makings: watchMakings(page) };
  };
  const opened = tabs.get(setting) ?? Promise.all(Array.from({ length: PAGES }, open));
  tabs.set(setting, opened);
  return opened;
}

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;

/**
 * Undoes what a state changed in a tab, so that the next state can be opened. Goes online, ends the replacement of
 * responses, releases the mouse button, stops running generations, clears the local storage and the session storage,
 * and sets the cookies to `cookies`.
 */
async function forget(page: Page, cookies: Cookies, makings: Makings): Promise<void> {
  const context = page.context();
  await context.setOffline(false);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.mouse.up();
  await makings.stop();
  await page.goto(`${stage.app.url}/robots.txt`);
  await page.evaluate(() => {
    localStorage.clear();
    sessionStorage.clear();
  });
  await context.clearCookies();
  await context.addCookies(cookies);
}

for (const [index, setting] of settings.entries())
  for (const [who, states] of Object.entries(groups))
    test(
      `what ${who} sees has no accessibility problem: ${setting.name}${runsLongTests ? ", in light and in dark colours" : ""}`,
      async () => {
        const left = [...Object.entries(states).entries()].filter(
          ([at]) => runsLongTests || at % settings.length === index,
        );
        const problems: string[] = [];
        const cookies = states === memberStates ? member : [];
        const work = async ({ page, makings }: Tab) => {
          for (let next = left.shift(); next; next = left.shift()) {
            const [at, state] = next;
            const looks = runsLongTests ? schemes : [schemes[Math.floor(at / settings.length) % 2]!];
            await forget(page, cookies, makings);
            problems.push(...(await problemsOf(page, state, { ...setting, looks })));
          }
          await forget(page, [], makings);
        };
        await Promise.all((await tabsOf(setting)).map(work));
        expect(problems).toEqual([]);
      },
      LIMIT_MS,
    );
