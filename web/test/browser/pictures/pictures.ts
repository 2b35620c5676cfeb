// Takes the pictures of docs/screenshots: `bun web/test/browser/pictures/pictures.ts`. They show each page on a phone
// and on a desktop, in light and dark colours, then Arabic, then the businesses of docs/examples/themes. ffmpeg reduces
// each picture to 160 colours.
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { giveLooks } from "../stage/give-looks.ts";
import { desktop, phone } from "../stage/open-page.ts";
import { dragRow, makeMusic, type Music, playEndless, playRow } from "./picture-music.ts";
import { setStage } from "../stage/stage.ts";

const folder = join(import.meta.dirname, "../../../../docs/screenshots");
const devices = { desktop, phone };
const schemes = ["light", "dark"] as const;

await using stage = await setStage();
const home = stage.app.url;
const music = await inContext(home, { ...desktop, locale: "en" }, (page) => makeMusic(page, home, true));

for (const [deviceName, device] of Object.entries(devices))
  for (const colorScheme of schemes) {
    const name = `${deviceName}-${colorScheme}`;
    await inContext(home, { ...device, colorScheme, locale: "en" }, (page) => take(page, `start-${name}`));
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
  await inContext(home, { ...device, colorScheme, locale: "ar" }, (page) => take(page, `start-${name}`));
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

// The endless piece comes last, because its generation goes on after the picture.
await withMusic(home, music, { ...phone, colorScheme: "dark", locale: "en" }, "phone-dark", ["endless"]);

async function inContext<Result>(
  url: string,
  options: BrowserContextOptions,
  act: (page: Page) => Promise<Result>,
): Promise<Result> {
  const context = await stage.browser.newContext(options);
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.locator("#prompt").waitFor();
    await page.evaluate(() => document.fonts.ready);
    return await act(page);
  } finally {
    await context.close();
  }
}

/** Takes pictures as the person who made the music. */
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
