// Takes the pictures of docs/screenshots: `bun web/test/browser/pictures/pictures.ts`. They show the main views on a
// phone and on a desktop, in light and in dark colours. Further pictures show the page in Arabic, the pages of
// businesses whose themes are in docs/examples/themes, dialogs, the account of a member, and the console. ffmpeg
// reduces each picture to 160 colours.
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { giveLooks } from "../stage/give-looks.ts";
import { desktop, phone } from "../stage/open-page.ts";
import { dragRow, makeMusic, type Music, playEndless, playRow } from "./picture-music.ts";
import { setStage } from "../stage/stage.ts";
import { createBusinesses, makeMembersMusic } from "../states/state-music.ts";
import { inEnglish, type StateSetting } from "../states/states.ts";
import { consolePictures, embedded, pagePictures } from "./picture-states.ts";

const folder = join(import.meta.dirname, "../../../../docs/screenshots");
const devices = { desktop, phone };
const narrow = { ...phone, viewport: { width: 320, height: 640 } };
const landscape = { ...phone, viewport: { width: 844, height: 390 } };
const schemes = ["light", "dark"] as const;
/** The time limit of each action of a page. A piece is made in seconds, but takes longer on a busy machine. */
const WAIT_MS_MAX = 120_000;

await using stage = await setStage();
const home = stage.app.url;
const music = await inContext(home, { ...desktop, locale: "en" }, (page) => makeMusic(page, home, true));

for (const [deviceName, device] of Object.entries(devices))
  for (const colorScheme of schemes) {
    const name = `${deviceName}-${colorScheme}`;
    await inContext(home, { ...device, colorScheme, locale: "en" }, (page) =>
      takeStart(page, `start-${name}`),
    );
    await withMusic(home, music, { ...device, colorScheme, locale: "en" }, name, [
      "playing",
      "piece",
      "albums",
      "album",
      "trash",
      "me",
      "shared",
    ]);
  }

await withMusic(home, music, { ...desktop, colorScheme: "light", locale: "en" }, "desktop-light", [
  "dragging",
]);

for (const [deviceName, device] of Object.entries(devices)) {
  const colorScheme = deviceName === "phone" ? "dark" : "light";
  const name = `arabic-${deviceName}-${colorScheme}`;
  await inContext(home, { ...device, colorScheme, locale: "ar" }, (page) => takeStart(page, `start-${name}`));
  await withMusic(home, music, { ...device, colorScheme, locale: "ar" }, name, ["playing", "piece", "album"]);
}

const looks = await giveLooks(stage.app, ["halde", "mondlicht", "nahr"]);
for (const [slug, url] of Object.entries(looks)) {
  const locale = { halde: "en", mondlicht: "de", nahr: "ar" }[slug]!;
  const own = await inContext(url, { ...desktop, locale: "en" }, (page) => makeMusic(page, url, false));
  for (const [deviceName, device] of Object.entries(devices))
    for (const colorScheme of schemes) {
      const name = `${slug}-${deviceName}-${colorScheme}`;
      await withMusic(url, own, { ...device, colorScheme, locale }, name, ["playing"]);
    }
}

await withMusic(home, music, { ...narrow, colorScheme: "light", locale: "de" }, "narrow-light", ["playing"]);
await withMusic(home, music, { ...landscape, colorScheme: "dark", locale: "en" }, "landscape-dark", [
  "playing",
]);

const member = await inContext(`${home}/robots.txt`, {}, async (page) => {
  const addresses = await makeMembersMusic(page, "ada@example.com");
  return { addresses, state: await page.context().storageState() };
});
const { house, keys } = await createBusinesses(stage.app);
const quotas = { user: { generations: { day: 20 }, seconds: { month: 14_400 } } };
await setLimits({ quotas });

for (const [name, open] of Object.entries(pagePictures)) {
  const isMember = name !== "sign-in" && name !== "new-password";
  const session = isMember ? { storageState: member.state } : {};
  await takeState(`${name}-desktop-light`, open, { ...desktop, colorScheme: "light", ...session });
  await takeState(`${name}-phone-dark`, open, { ...phone, colorScheme: "dark", ...session });
}
for (const colorScheme of schemes)
  await takeState(`embedded-${colorScheme}`, embedded, {
    ...{ viewport: { width: 480, height: 170 }, deviceScaleFactor: 2, colorScheme },
  });
for (const [name, open] of Object.entries(consolePictures))
  await takeState(`console-${name}-desktop-light`, open, { ...desktop, colorScheme: "light" });
for (const name of ["today", "business", "generations"] as const)
  await takeState(`console-${name}-phone-dark`, consolePictures[name], { ...phone, colorScheme: "dark" });

// The picture of an endless piece is taken last, because the generation of the piece goes on afterwards.
await withMusic(home, music, { ...phone, colorScheme: "dark", locale: "en" }, "phone-dark", ["endless"]);

/** Takes a picture of the page or the console after `open` has created a state, such as an open menu. */
async function takeState(
  name: string,
  open: (setting: StateSetting) => Promise<void>,
  options: BrowserContextOptions,
): Promise<void> {
  await inContext(`${home}/robots.txt`, { locale: "en", ...options }, async (page) => {
    await open({ page, url: home, say: inEnglish, addresses: member.addresses, house, keys });
    await page.waitForLoadState("networkidle");
    await page.mouse.move(0, 0);
    await take(page, name);
  });
}

async function takeStart(page: Page, name: string): Promise<void> {
  await page.locator("#prompt").waitFor();
  await take(page, name);
}

async function setLimits(limits: object): Promise<void> {
  const res = await fetch(`${home}/v1/businesses/demo`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${stage.app.operatorKey}`, "content-type": "application/json" },
    body: JSON.stringify({ limits }),
  });
  if (!res.ok) throw new Error(`The limits were refused: ${await res.text()}`);
}

async function inContext<Result>(
  url: string,
  options: BrowserContextOptions,
  act: (page: Page) => Promise<Result>,
): Promise<Result> {
  const context = await stage.browser.newContext(options);
  context.setDefaultTimeout(WAIT_MS_MAX);
  try {
    const page = await context.newPage();
    await page.goto(url);
    return await act(page);
  } finally {
    await context.close();
  }
}

/** Opens the page with the session of the user who made the music, and takes a picture of each of the `views`. */
async function withMusic(
  url: string,
  own: Music,
  options: BrowserContextOptions,
  name: string,
  views: readonly string[],
): Promise<void> {
  await inContext(url, { ...options, storageState: own.state }, async (page) => {
    for (const view of views) {
      if (view === "playing") await playRow(page, 0);
      else if (view === "dragging") await dragRow(page, 0);
      else if (view === "endless") await playEndless(page);
      else {
        await page.goto(new URL(own.addresses[view] ?? `/${view}`, url).href);
        await page.locator("main").first().waitFor();
        await page.waitForLoadState("networkidle");
      }
      await take(page, `${view}-${name}`);
    }
  });
}

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path: `${path}.full.png`, animations: "disabled" });
  const filter = "split[a][b];[a]palettegen=max_colors=160:stats_mode=single[p];[b][p]paletteuse=dither=none";
  const reduce = Bun.spawn(["ffmpeg", "-v", "error", "-y", "-i", `${path}.full.png`, "-vf", filter, path]);
  if ((await reduce.exited) !== 0) throw new Error(`ffmpeg could not reduce ${path}.`);
  await Bun.file(`${path}.full.png`).delete();
}
