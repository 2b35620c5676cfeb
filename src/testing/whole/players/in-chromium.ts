// Plays a URL in Chromium, either with only an <audio> element or with hls.js.
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Played } from "./play.ts";

const hlsScript = join(import.meta.dirname, "../../../../node_modules/hls.js/dist/hls.min.js");

/**
 * Plays `url` in the page at `pageUrl`. `firstSoundSeconds` is the time from the addition of the
 * <audio> element to the first sound, without the start of Chromium; undefined if there was no
 * sound. `said` is "ended", "too late" after `limitMs`, or the player's error message.
 */
export async function playInChromium(
  pageUrl: string,
  url: string,
  { withHlsJs, limitMs }: { readonly withHlsJs: boolean; readonly limitMs: number },
): Promise<Played> {
  const browser = await chromium.launch({
    executablePath: Bun.which("chromium") ?? "chromium",
    args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(pageUrl);
    if (withHlsJs) await page.addScriptTag({ path: hlsScript });
    const { firstSoundMs, playedSeconds, said } = await page.evaluate(playToEnd, { url, withHlsJs, limitMs });
    const firstSoundSeconds = firstSoundMs === undefined ? undefined : firstSoundMs / 1_000;
    return { firstSoundSeconds, playedSeconds, exitCode: said === "ended" ? 0 : undefined, said };
  } finally {
    await browser.close();
  }
}

/**
 * This function runs in the page. `playedSeconds` is the sum of the ranges that the <audio> element
 * reports as played, because the position of the element would also include skipped audio.
 */
function playToEnd({ url, withHlsJs, limitMs }: { url: string; withHlsJs: boolean; limitMs: number }) {
  interface Hls {
    on(event: string, listener: (event: string, data: { fatal: boolean; details: string }) => void): void;
    loadSource(url: string): void;
    attachMedia(media: HTMLMediaElement): void;
  }
  const audio = document.body.appendChild(document.createElement("audio"));
  const begunMs = performance.now();
  let firstSoundMs: number | undefined;
  const end = Promise.withResolvers<string>();
  audio.addEventListener("ended", () => end.resolve("ended"));
  audio.addEventListener("error", () => end.resolve(audio.error?.message ?? "error"));
  const look = setInterval(() => {
    if (audio.currentTime > 0) firstSoundMs ??= performance.now() - begunMs;
  }, 10);
  if (withHlsJs) {
    const hls = new (window as unknown as { Hls: new () => Hls }).Hls();
    hls.on("hlsError", (_event, { fatal, details }) => {
      if (fatal) end.resolve(details);
    });
    hls.loadSource(url);
    hls.attachMedia(audio);
  } else {
    audio.src = url;
  }
  setTimeout(() => end.resolve("too late"), limitMs);
  void audio.play();
  return end.promise.then((said) => {
    clearInterval(look);
    let playedSeconds = 0;
    for (let i = 0; i < audio.played.length; i++)
      playedSeconds += audio.played.end(i) - audio.played.start(i);
    return { firstSoundMs, playedSeconds, said };
  });
}
