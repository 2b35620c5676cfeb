// bun bench/first-sound.ts: measures the time from Enter on the page to the first sound in Chromium, with warm processes and a warm browser.
import type { Page } from "playwright-core";
import { startRondo } from "../src/testing/whole/processes/rondo-processes.ts";
import { buildPage, launchChromium, openPage } from "../web/test/browser/open-page.ts";

const rounds = 20;

/** Presses Enter, and reads the playback position of the audio element from inside the page. */
function measure(page: Page): Promise<{ answered: number; heard: number }> {
  return page.evaluate(async () => {
    const prompt = document.querySelector<HTMLTextAreaElement>("#prompt")!;
    const audio = document.querySelector("audio")!;
    const channel = new MessageChannel();
    const soon = () =>
      new Promise((resolve) => {
        channel.port1.onmessage = resolve;
        channel.port2.postMessage(0);
      });
    const startedAt = performance.now();
    prompt.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    while (audio.currentTime === 0 || audio.paused || audio.readyState < 3) await soon();
    const heardAt = performance.now();
    const [post] = performance
      .getEntriesByType("resource")
      .filter((entry) => entry.name.endsWith("/v1/generations") && entry.startTime >= startedAt - 1);
    return {
      answered: (post as PerformanceResourceTiming).responseEnd - startedAt,
      heard: heardAt - startedAt,
    };
  });
}

await buildPage();
await using rondo = await startRondo({ RONDO_LOG: "info" });
const browser = await launchChromium();
const answered: number[] = [];
const heard: number[] = [];
for (let round = 0; round < rounds + 2; round++) {
  await using opened = await openPage(browser, rondo.url);
  const { page } = opened;
  await page.getByRole("radio", { name: "30 s" }).check();
  await page.locator("#prompt").pressSequentially("slow piano in the rain");
  await page.waitForTimeout(150);
  const took = await measure(page);
  await page.getByRole("button", { name: "Stop making" }).click();
  await page.getByRole("button", { name: "Make it again" }).waitFor();
  // The first two runs warm up the processes and the browser.
  if (round < 2) continue;
  answered.push(took.answered);
  heard.push(took.heard);
}
await browser.close();

const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const ms = (value: number) => `${value.toFixed(0)} ms`;
console.log("| What | p50 | slowest of 20 | Goal |\n|---|---|---|---|");
console.log(`| Enter → POST answered | ${ms(middle(answered))} | ${ms(Math.max(...answered))} | |`);
console.log(
  `| Enter → sound in Chromium, warm | ${ms(middle(heard))} | ${ms(Math.max(...heard))} | 300 ms |`,
);
