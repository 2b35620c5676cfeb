// bun bench/first-sound.ts: measures the time from the press of Enter on the page to the first
// sound in Chromium. The first two rounds only warm up the processes and the browser, and are not counted.
import type { Page } from "playwright-core";
import { startRondo } from "../src/testing/whole/processes/rondo-processes.ts";
import { buildPage, launchChromium, openPage } from "../web/test/browser/stage/open-page.ts";

const rounds = 20;

/** The moments that a round measures, in their order. Each value is the moment's name in the printed table. */
const moments = {
  answered: "POST answered",
  asked: "audio requested",
  arrived: "first bytes of audio in the page",
  heard: "sound in Chromium, warm",
} as const;
type Moment = keyof typeof moments;

/**
 * Runs inside the page. Stores in `globalThis.noted` when the POST is answered, when the page first requests audio, and
 * when the page gives the first bytes to the decoder.
 */
function noteAudio(): void {
  const noted: Partial<Record<Moment, number>> = {};
  const { fetch, SourceBuffer } = globalThis as unknown as {
    fetch(...given: unknown[]): Promise<Response>;
    SourceBuffer: { prototype: { appendBuffer(bytes: unknown): void } };
  };
  const { appendBuffer } = SourceBuffer.prototype;
  SourceBuffer.prototype.appendBuffer = function (bytes) {
    noted.arrived ??= performance.now();
    return appendBuffer.call(this, bytes);
  };
  Object.assign(globalThis, {
    noted,
    async fetch(...given: unknown[]) {
      const isPost = String(given[0]) === "/v1/generations";
      if (String(given[0]).endsWith("/audio")) noted.asked ??= performance.now();
      const res = await fetch(...given);
      if (isPost) noted.answered ??= performance.now();
      return res;
    },
  });
}

/**
 * Presses Enter and waits until the audio element plays. Returns the milliseconds from Enter to each moment. The
 * measurement runs inside the page.
 */
function measure(page: Page): Promise<Record<Moment, number>> {
  return page.evaluate(async () => {
    const prompt = document.querySelector<HTMLTextAreaElement>("#prompt")!;
    const audio = document.querySelector("audio")!;
    const startedAt = performance.now();
    prompt.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    // Chromium's shortest timer is 4 ms. A loop without a pause would occupy a processor that the measured processes
    // need.
    while (audio.currentTime === 0 || audio.paused || audio.readyState < 3)
      await new Promise((resolve) => setTimeout(resolve, 4));
    const heard = performance.now();
    const { noted } = globalThis as unknown as { noted: Record<Moment, number> };
    const after = Object.entries({ ...noted, heard }).map(([name, at]) => [name, at - startedAt]);
    return Object.fromEntries(after) as Record<Moment, number>;
  });
}

await buildPage();
await using rondo = await startRondo({ RONDO_LOG: "info" });
const browser = await launchChromium();
const found: Record<Moment, number>[] = [];
for (let round = 0; round < rounds + 2; round++) {
  await using opened = await openPage(browser, rondo.url);
  const { page } = opened;
  await page.evaluate(noteAudio);
  await page.getByRole("radio", { name: "30 s" }).check();
  // Types as fast as a typist with about 120 words a minute. Meanwhile the page loads its other parts.
  await page.locator("#prompt").pressSequentially("slow piano in the rain", { delay: 100 });
  await page.waitForTimeout(150);
  const took = await measure(page);
  await page.getByRole("button", { name: "Stop making" }).click();
  await page.getByRole("button", { name: "Make it again" }).waitFor();
  if (round >= 2) found.push(took);
}
await browser.close();

const goals: Partial<Record<Moment, string>> = { heard: "p50 200 ms, slowest 300 ms" };
const ms = (value: number) => `${value.toFixed(0)} ms`;
console.log(`| Enter → | p50 | slowest of ${rounds} | Goal |\n|---|---|---|---|`);
for (const [moment, words] of Object.entries(moments) as [Moment, string][]) {
  const values = found.map((one) => one[moment]).sort((a, b) => a - b);
  console.log(`| ${words} | ${ms(values[rounds / 2]!)} | ${ms(values.at(-1)!)} | ${goals[moment] ?? ""} |`);
}
