// Opens the page in Chromium, and records its audio level and the errors of its console.
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { needsTool } from "../../../../src/testing/runners/needs-tool.ts";

const program = Bun.which("chromium");

/** Whether Chromium is installed. Without Chromium, the hooks of the tests do nothing. */
export const hasChromium = program !== null;
/** A test that is skipped with the reason where Chromium is missing. On CI, a missing Chromium is a failure. */
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
  /** The errors of the console and of scripts, in their order. */
  readonly complaints: string[];
}

const root = join(import.meta.dirname, "../../../..");

/** Builds the page, unless it is built already. */
export async function buildPage(): Promise<void> {
  const build = Bun.spawn([process.execPath, "web/build.ts", "--if-changed"], {
    cwd: root,
    stdout: "ignore",
  });
  if ((await build.exited) !== 0) throw new Error("The page could not be built.");
}

/** This time is below the time limit of a test, so that the error names the condition. */
const WAIT_MS_MAX = 50_000;

export const desktop = { viewport: { width: 1280, height: 800 } } as const;
export const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
} as const;

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = desktop,
): Promise<OpenedPage> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(WAIT_MS_MAX);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (err) => complaints.push(err.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(url);
  await page.getByLabel("What should it sound like?").waitFor();
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Writes a prompt and presses Enter. */
export async function ask(page: Page, prompt: string, length?: string): Promise<void> {
  if (length) await page.getByRole("radio", { name: length }).check();
  await page.getByLabel("What should it sound like?").fill(prompt);
  await page.getByLabel("What should it sound like?").press("Enter");
}

/** Waits until the audio element has played past this time. */
export const heardPast = (page: Page, seconds: number): Promise<unknown> =>
  page.waitForFunction((past) => document.querySelector("audio")!.currentTime > past, seconds, {
    polling: 20,
  });

export const positionOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector("audio")!.currentTime);

/** Waits until the current piece is complete. */
export const whole = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => !document.querySelector('[aria-label="Stop making"]'));

/** The threshold of silence; full scale is 1. */
export const SOUND = 0.01;

/**
 * The loudness of the audio element's output from 0 to 1, by Web Audio: the first value above SOUND, otherwise the
 * highest value within a second.
 */
export const listen = (page: Page): Promise<number> =>
  page.evaluate(async (enough) => {
    const audio = document.querySelector("audio") as HTMLAudioElement & { captureStream(): MediaStream };
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(audio.captureStream()).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let loudest = 0;
    for (let i = 0; i < 40 && loudest <= enough; i++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
    }
    await context.close();
    return loudest;
  }, SOUND);

/** Plays faster from now on, for tests that don't depend on the normal speed. */
export const hurry = (page: Page, rate: number): Promise<unknown> =>
  page.evaluate((times) => {
    document.querySelector("audio")!.playbackRate = times;
  }, rate);
