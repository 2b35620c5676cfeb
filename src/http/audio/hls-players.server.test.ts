// Tests that ffmpeg, and hls.js in Chromium, play a piece over HLS while the piece is generated.
import { expect, test } from "bun:test";
import { chromium } from "playwright-core";
import { onCi } from "../../testing/runners/on-ci.ts";
import { openHlsServer as open, sizeOf, write } from "../../testing/servers/hls-server.ts";
import { createTone } from "../../testing/sound/tone.ts";

const withoutFfmpeg = Bun.which("ffmpeg") === null && !onCi;
test.skipIf(withoutFfmpeg)(
  "ffmpeg plays a whole piece while the piece is generated",
  async () => {
    const chunks = await createTone(12);
    const { server, writer, playlistUrl } = await open({ plannedBytes: sizeOf(chunks) });
    await using _ = server;
    const writing = write(writer, chunks, 250);
    const player = Bun.spawn(["ffmpeg", "-v", "warning", "-nostdin", "-i", playlistUrl, "-f", "s16le", "-"], {
      stdout: "pipe",
      stderr: "pipe",
    });
    const [sound, complaints] = await Promise.all([
      new Response(player.stdout).arrayBuffer(),
      new Response(player.stderr).text(),
      player.exited,
      writing,
    ]);
    // Between two segments, the HLS reader of ffmpeg gives some packets a time that is too early. ffmpeg then warns of
    // a "non monotonically increasing dts". The test ignores this warning, because no sound is lost.
    expect(
      complaints.split("\n").filter((line) => !/non monotonically increasing dts|^$/.test(line)),
    ).toEqual([]);
    // Four bytes are one sample of two channels with 16 bits each. So this is the length in seconds.
    expect(sound.byteLength / 4 / 44_100).toBeCloseTo(12.05, 0);
    const samples = new Int16Array(sound.slice(44_100 * 8, 44_100 * 12));
    expect(Math.max(...samples)).toBeGreaterThan(8_000);
  },
  60_000,
);

const withoutChromium = Bun.which("chromium") === null && !onCi;
test.skipIf(withoutChromium)(
  "hls.js in Chromium plays a whole piece while the piece is generated",
  async () => {
    const chunks = await createTone(5);
    const { server, writer, playlistUrl } = await open({ plannedBytes: sizeOf(chunks) });
    await using _ = server;
    const browser = await chromium.launch({
      executablePath: Bun.which("chromium") ?? "chromium",
      args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
    });
    try {
      const page = await browser.newPage();
      await page.goto(`${server.url}/page`);
      const writing = write(writer, chunks, 150);
      const heard = await page.evaluate(playToEnd, playlistUrl);
      await writing;
      expect(heard.faults).toEqual([]);
      expect(heard.startedAt).toBeLessThan(0.5);
      expect(heard.endedAt).toBeCloseTo(5.04, 0);
    } finally {
      await browser.close();
    }
  },
  60_000,
);

/** Runs in the page. Resolves when the piece has ended, but after 20 seconds at the latest. */
function playToEnd(url: string) {
  interface Hls {
    on(event: string, heard: (event: string, data: { fatal: boolean; details: string }) => void): void;
    loadSource(url: string): void;
    attachMedia(media: HTMLMediaElement): void;
  }
  const audio = document.querySelector("audio")!;
  const hls = new (window as unknown as { Hls: new () => Hls }).Hls();
  const faults: string[] = [];
  hls.on("hlsError", (_event, { fatal, details }) => {
    if (fatal) faults.push(details);
  });
  hls.loadSource(url);
  hls.attachMedia(audio);
  let startedAt = -1;
  audio.addEventListener("timeupdate", () => {
    if (startedAt < 0 && audio.currentTime > 0) startedAt = audio.currentTime;
  });
  return new Promise<{ faults: string[]; startedAt: number; endedAt: number }>((resolve) => {
    const done = () => resolve({ faults, startedAt, endedAt: audio.currentTime });
    audio.addEventListener("ended", done);
    setTimeout(done, 20_000);
    void audio.play();
  });
}
