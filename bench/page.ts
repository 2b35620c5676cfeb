// Measures the page in Chromium, in two situations:
// - With a list of 10,000 pieces: the duration of the frames while the list scrolls, and how long the scripts run when
//   a play button is pressed.
// - With a processor that is slowed down to a quarter: the time until a press shows its effect, and the longest script
//   or drawing.
// Run: bun bench/page.ts
import type { CDPSession, Page } from "playwright-core";
import { startRondo } from "../src/testing/whole/processes/rondo-processes.ts";
import {
  ask,
  buildPage,
  heardPast,
  launchChromium,
  openPage,
  whole,
} from "../web/test/browser/stage/open-page.ts";

const PIECES = 10_000;
const PRESSES = 20;
const SLOWER = 4;

/** Responds to list requests with copies of a real piece, because making ten thousand pieces would take hours. */
async function listMany(page: Page): Promise<void> {
  await page.route("**/v1/queries/tracks.list*", async (route) => {
    const answer = (await (await route.fetch()).json()) as { items: { id: string; title: string }[] };
    const [piece] = answer.items;
    const items = Array.from({ length: PIECES }, (_, i) => ({
      ...piece,
      id: `${piece!.id}-${i}`,
      title: `Piece ${i}`,
    }));
    await route.fulfill({ json: { items, next: null } });
  });
  await page.reload();
  await page.locator(".track").nth(5).waitFor();
}

/** Scrolls through the list for three seconds, and returns the duration of each frame after the fifth, in ms. */
const framesOf = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const frames: number[] = [];
    let before = performance.now();
    const endAt = before + 3_000;
    while (before < endAt) {
      scrollBy(0, 400);
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      frames.push(now - before);
      before = now;
    }
    return frames.slice(5);
  });

/** Presses the play buttons of several pieces, and returns how long the scripts ran at each press, in ms. */
const pressesOf = (page: Page): Promise<number[]> =>
  page.evaluate(async (presses) => {
    scrollTo(0, 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const took: number[] = [];
    for (let i = 0; i < presses; i++) {
      const button = document.querySelectorAll<HTMLElement>(".track .play")[1 + (i % 5)]!;
      const startedAt = performance.now();
      button.click();
      took.push(performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return took;
  }, PRESSES);

/** A frame that took long, with the scripts that ran in it: https://w3c.github.io/long-animation-frames/ */
interface LongFrame extends PerformanceEntry {
  readonly renderStart: number;
  readonly scripts: readonly { readonly sourceURL: string; readonly duration: number }[];
}

/**
 * Starts to record durations in ms: of interactions (`presses`), of the page's own scripts and drawing (`tasks`), and
 * of all long tasks (`all`). Playwright's scripts have no URL, so `tasks` doesn't contain them. Chromium reports no
 * interaction below 16 ms, and no task or frame below 50 ms, so a list can be empty.
 */
const watch = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const found = { presses: [] as number[], tasks: [] as number[], all: [] as number[] };
    Object.assign(globalThis, { found });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if ((entry as unknown as { interactionId: number }).interactionId) found.presses.push(entry.duration);
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LongFrame[]) {
        for (const { sourceURL, duration } of entry.scripts) if (sourceURL) found.tasks.push(duration);
        if (entry.renderStart) found.tasks.push(entry.startTime + entry.duration - entry.renderStart);
      }
    }).observe({ type: "long-animation-frame" });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) found.all.push(entry.duration);
    }).observe({ type: "longtask" });
  });

interface Found {
  readonly presses: readonly number[];
  readonly tasks: readonly number[];
  readonly all: readonly number[];
}

async function pressEverything(page: Page): Promise<Found> {
  await watch(page);
  await page.locator("#prompt").pressSequentially("jazz after midnight");
  await page.keyboard.press("Enter");
  await heardPast(page, 1);
  const bar = page.locator(".bar");
  await bar.getByRole("button", { name: "Like" }).click();
  await bar.getByRole("button", { name: "Pause", exact: true }).click();
  await bar.getByRole("button", { name: "Play", exact: true }).click();
  await page
    .getByRole("button", { name: /^More for/ })
    .first()
    .click();
  await page.keyboard.press("Escape");
  await page.locator(".track .name").first().click();
  await page.getByLabel("What should be different?").waitFor();
  await page.waitForTimeout(500);
  return page.evaluate(() => (globalThis as unknown as { found: Found }).found);
}

await buildPage();
await using rondo = await startRondo();
const browser = await launchChromium();
const percentile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const ms = (value: number) => `${value.toFixed(1)} ms`;

console.log("| What | Measured | Goal |\n|---|---|---|");
{
  await using opened = await openPage(browser, rondo.url);
  await ask(opened.page, "slow piano in the rain", "30 s");
  await heardPast(opened.page, 0.3);
  await whole(opened.page);
  await listMany(opened.page);
  const frames = await framesOf(opened.page);
  console.log(`| 10,000 pieces, a frame while scrolling, p50 | ${ms(percentile(frames, 0.5))} | |`);
  console.log(`| the same, p95 | ${ms(percentile(frames, 0.95))} | 20 ms |`);
  console.log(`| the same, rows in the page | ${await opened.page.locator(".track").count()} | |`);
  const took = await pressesOf(opened.page);
  console.log(
    `| 10,000 pieces, script of “play another”, p50 of ${PRESSES} | ${ms(percentile(took, 0.5))} | |`,
  );
  console.log(`| the same, slowest | ${ms(Math.max(...took))} | 16 ms |`);
}
{
  await using opened = await openPage(browser, rondo.url);
  const cdp: CDPSession = await opened.page.context().newCDPSession(opened.page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const { presses, tasks, all } = await pressEverything(opened.page);
  console.log(
    `| slowest press of a visit until it shows (INP), ${SLOWER} × slower | ${ms(Math.max(0, ...presses))} | 100 ms |`,
  );
  console.log(
    `| longest script or drawing of the page after load, ${SLOWER} × slower | ${ms(Math.max(0, ...tasks))} | 100 ms |`,
  );
  console.log(`| longest task, with Playwright's own scripts | ${ms(Math.max(0, ...all))} | |`);
}
await browser.close();
