// Opens the page in Chromium, records the errors of its console, and measures its audio.
import { join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { needsTool } from "../../../../src/testing/runners/needs-tool.ts";
import { watchMakings } from "./makings.ts";

const program = Bun.which("chromium");

/** Whether Chromium is installed. If this is false, the hooks of the browser tests do nothing. */
export const hasChromium = program !== null;
/** Defines a test that needs Chromium. If Chromium is missing, the test is skipped; on CI, this is an error. */
export const browserTest = needsTool("chromium");

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: program ?? "chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--autoplay-policy=no-user-gesture-required",
    ],
  });

export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** The messages of the console's errors and of uncaught errors in scripts, in the order in which they occurred. */
  readonly complaints: string[];
}

const root = join(import.meta.dirname, "../../../..");

/** Builds the page if its sources have changed since the last build. */
export async function buildPage(): Promise<void> {
  const build = Bun.spawn([process.execPath, "web/build.ts", "--if-changed"], {
    cwd: root,
    stdout: "ignore",
  });
  if ((await build.exited) !== 0) throw new Error("The page could not be built.");
}

/**
 * The time limit of every wait in a page. It is shorter than the time limit of a test, so that the error of a failed
 * test contains the condition that was not met.
 */
const WAIT_MS_MAX = 50_000;

export const desktop = { viewport: { width: 1280, height: 800 } } as const;
export const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
} as const;

/** Opens the page in a new browser context, and waits for the field of the prompt. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = desktop,
): Promise<OpenedPage> {
  return openNewPage(await browser.newContext(options), url);
}

/**
 * Opens the page in a new tab. When the returned object is disposed of, the context is closed with
 * all its tabs.
 */
export async function openNewPage(context: BrowserContext, url: string): Promise<OpenedPage> {
  context.setDefaultTimeout(WAIT_MS_MAX);
  const page = await context.newPage();
  const makings = watchMakings(page);
  const complaints: string[] = [];
  page.on("pageerror", (err) => complaints.push(err.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(url);
  await page.getByLabel("What should it sound like?").waitFor();
  return {
    page,
    complaints,
    async [Symbol.asyncDispose]() {
      await makings.stop();
      await context.close();
    },
  };
}

/** Chooses the length with the label `length`, if it is given. Then writes a prompt and presses Enter. */
export async function ask(page: Page, prompt: string, length?: string): Promise<void> {
  if (length) await page.getByRole("radio", { name: length }).check();
  await page.getByLabel("What should it sound like?").fill(prompt);
  await page.getByLabel("What should it sound like?").press("Enter");
}

/** Waits until the position of the audio element is greater than `seconds`. */
export const heardPast = (page: Page, seconds: number): Promise<unknown> =>
  page.waitForFunction((past) => document.querySelector("audio")!.currentTime > past, seconds, {
    polling: 20,
  });

export const positionOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector("audio")!.currentTime);

/**
 * Waits until the page has no button “Stop making”, which is shown during a generation. Resolves at
 * once if the generation has not begun.
 */
export const whole = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => !document.querySelector('[aria-label="Stop making"]'));

/** A level above this value is sound, and any other level is silence. The highest possible level is 1. */
export const SOUND = 0.01;

/**
 * Measures the audio element's output with Web Audio, until a level above SOUND is found or five seconds have passed.
 * Returns the highest measured level, from 0 to 1.
 */
export const listen = (page: Page): Promise<number> =>
  page.evaluate(async (enough) => {
    const audio = document.querySelector("audio") as HTMLAudioElement & { captureStream(): MediaStream };
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(audio.captureStream()).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let loudest = 0;
    for (let i = 0; i < 200 && loudest <= enough; i++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
    }
    await context.close();
    return loudest;
  }, SOUND);

/** Whether the audio element plays. */
export const isPlaying = (page: Page): Promise<boolean> =>
  page.evaluate(() => !document.querySelector("audio")!.paused);

/**
 * Waits until the audio of a complete piece is loaded. (The last half second may be missing.) After this, the audio
 * continues without a network.
 */
export const loaded = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => {
    const { buffered, duration } = document.querySelector("audio")!;
    return buffered.length > 0 && buffered.end(buffered.length - 1) > duration - 0.5;
  });

/**
 * Calls `press`, which has to switch to another piece or version at the same position. Returns how far the position
 * moved (`seconds`), and how long the switch took (`onClock`), both in seconds. Playback continues during the switch.
 * So if the switch keeps the position, `seconds` is between 0 and `onClock`.
 */
export async function skipBy(
  page: Page,
  press: () => Promise<void>,
): Promise<{ seconds: number; onClock: number }> {
  const before = await page.evaluate(() => {
    const { src, currentTime } = document.querySelector("audio")!;
    return { src, currentTime };
  });
  const began = performance.now();
  await press();
  const after = await page.waitForFunction((src) => {
    const audio = document.querySelector("audio")!;
    return audio.src !== src && audio.readyState > 1 && { at: audio.currentTime };
  }, before.src);
  const { at } = (await after.jsonValue()) as { at: number };
  return { seconds: at - before.currentTime, onClock: (performance.now() - began) / 1000 };
}

/** Plays at `rate` times the normal speed, for tests that don't depend on the speed. */
export const hurry = (page: Page, rate: number): Promise<unknown> =>
  page.evaluate((times) => {
    document.querySelector("audio")!.playbackRate = times;
  }, rate);
