// Measures finished MP3 files with ffmpeg and ffprobe, which use no code of Rondo. Checks the loudness, the true peak
// and the length of the files. Also checks that a file has no silent second before the ending, and no click at the end.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { loadLame } from "./mp3/encoder.ts";
import { parsePrompt } from "./prompt/parse-prompt.ts";
import { startRendering } from "./render.ts";
import { loadBank } from "./sound/bank.ts";
import { type StyleName, styleNames } from "./styles/style.ts";
import { composePiece } from "./score/piece.ts";
import { sampleRate, samplesOf } from "./spec.ts";
import { versionOnePieces } from "../testing/sound/version-1-pieces.ts";
import { runsLongTests } from "../testing/long-tests.ts";

setDefaultTimeout(60_000);

const ffmpeg = Bun.which("ffmpeg");
const ffprobe = Bun.which("ffprobe");
const hasTools = ffmpeg !== null && ffprobe !== null;
const isRequired = Bun.env.CI === "true";
const reason = hasTools || isRequired ? "" : " (skipped: ffmpeg and ffprobe aren't on this machine)";

const folder = await mkdtemp(join(tmpdir(), "rondo-levels-"));
afterAll(() => rm(folder, { recursive: true }));

const studio = { bank: await loadBank(), lame: await loadLame() };
const promptFor: Partial<Record<StyleName, string>> = {
  piano: "solo piano",
  bossa: "bossa nova",
  chip: "chiptune",
  hiphop: "hip hop",
};

const renderAnew = async (prompt: string, seed: number, durationSeconds: number) => {
  const spec = parsePrompt({ prompt, seed, durationSeconds });
  const rendering = await startRendering(spec, studio);
  const parts: Uint8Array[] = [];
  while (!rendering.isDone) {
    const chunk = rendering.step();
    if (chunk !== undefined) parts.push(chunk.bytes);
  }
  return { mp3: Buffer.concat(parts), spec };
};

const rendered = new Map<string, ReturnType<typeof renderAnew>>();
/** Renders each piece only one time, even if several tests use the piece. */
const render = (prompt: string, seed = 11, durationSeconds = 10): ReturnType<typeof renderAnew> => {
  const name = `${prompt} ${seed} ${durationSeconds}`;
  const made = rendered.get(name) ?? renderAnew(prompt, seed, durationSeconds);
  rendered.set(name, made);
  return made;
};

/**
 * Runs a program. In `command`, the word FILE stands for the path of a file that contains the MP3.
 * No pipe is used: a pipe has no size, and the programs would report the missing size as a fault.
 */
const run = async (command: readonly string[], mp3: Uint8Array) => {
  const file = join(folder, `${crypto.randomUUID()}.mp3`);
  await Bun.write(file, mp3);
  const tool = Bun.spawn(
    command.map((word) => (word === "FILE" ? file : word)),
    { stdout: "pipe", stderr: "pipe" },
  );
  const [out, err] = await Promise.all([new Response(tool.stdout).bytes(), new Response(tool.stderr).text()]);
  await tool.exited;
  return { out, err };
};

const measure = async (mp3: Uint8Array) => {
  const filters =
    "ebur128=peak=true:framelog=verbose,astats=measure_perchannel=none:measure_overall=DC_offset+Number_of_NaNs";
  const { err } = await run(
    ["ffmpeg", "-hide_banner", "-nostats", "-i", "FILE", "-af", filters, "-f", "null", "-"],
    mp3,
  );
  const read = (pattern: RegExp): number => Number(pattern.exec(err)?.[1] ?? Number.NaN);
  return {
    loudness: read(/I:\s+(-?[\d.]+) LUFS/),
    truePeak: read(/Peak:\s+(-?[\d.]+) dBFS/),
    directCurrent: read(/DC offset: (-?[\d.]+)/),
    notNumbers: read(/Number of NaNs: ([\d.]+)/),
  };
};

/**
 * One style of each family. Only these styles are measured if the long tests are off. The long
 * tests measure all styles.
 */
const someStyles: readonly StyleName[] = [
  "ambient",
  "house",
  "jazz",
  "chip",
  "hiphop",
  "metal",
  "funk",
  "country",
  "salsa",
  "flamenco",
  "quartet",
  "raga",
];

/** Returns the loudness of the sound between `from` and `to` (both in seconds), in LUFS. */
const loudnessOf = async (mp3: Uint8Array, from: number, to: number): Promise<number> => {
  const { err } = await run(
    [
      "ffmpeg",
      "-hide_banner",
      "-nostats",
      "-i",
      "FILE",
      "-af",
      `atrim=${from}:${to},ebur128`,
      "-f",
      "null",
      "-",
    ],
    mp3,
  );
  return Number([...err.matchAll(/I:\s+(-?[\d.]+) LUFS/g)].at(-1)?.[1] ?? Number.NaN);
};

describe.skipIf(!hasTools && !isRequired)(`in measurements by ffmpeg${reason},`, () => {
  test.each(runsLongTests ? [...styleNames] : someStyles)(
    "%s has a loudness of −18 to −14 LUFS",
    async (style) => {
      const { mp3 } = await render(promptFor[style] ?? style);
      const { loudness, truePeak, directCurrent, notNumbers } = await measure(mp3);
      expect(loudness).toBeWithin(-18, -14);
      expect(truePeak).toBeLessThan(-1);
      expect(Math.abs(directCurrent)).toBeLessThan(0.001);
      expect(notNumbers).toBe(0);
    },
  );

  // MP3 encoding adds peaks if both channels contain loud high drums. Ten seconds, the length of the pieces in the
  // other tests, may be too short for such a peak. So this test measures a minute.
  test.each(["house", "techno"])("the true peak of a minute of %s stays below −1 dB", async (style) => {
    const { spec } = versionOnePieces.find((piece) => piece.spec.style === style)!;
    const { mp3 } = await render(style, spec.seed, 60);
    expect((await measure(mp3)).truePeak).toBeLessThan(-1);
  });

  const withBreaks = [
    "techno",
    "chiptune",
    "house",
    "trance",
    "hip hop",
    "samba",
    "afrobeat",
    "metal",
    "march",
  ];
  test.each(runsLongTests ? withBreaks : withBreaks.slice(0, 2))(
    "%s has a break that is less than 7 dB softer than its chorus",
    async (style) => {
      const { mp3, spec } = await render(`${style} with intro, chorus, break, chorus`, 11, 40);
      const { sections, timing } = composePiece(spec);
      const [chorus, pause] = (["chorus", "break"] as const).map((kind) => {
        const { firstBar, bars } = sections.find((one) => one.kind === kind)!;
        const [from, to] = [firstBar, firstBar + bars].map((bar) => timing.barStart(bar) / sampleRate);
        return loudnessOf(mp3, from!, to!);
      });
      expect((await chorus!) - (await pause!)).toBeLessThan(7);
    },
  );

  test("a piece is an MP3 file of the planned length", async () => {
    const { mp3, spec } = await render("jazz", 11, 10.5);
    const { out, err } = await run(
      [
        "ffprobe",
        "-v",
        "warning",
        "-show_entries",
        "format=format_name,duration:stream=codec_name,bit_rate",
        "-of",
        "json",
        "FILE",
      ],
      mp3,
    );
    expect(err).toBe("");
    const { format, streams } = JSON.parse(Buffer.from(out).toString());
    expect(format.format_name).toBe("mp3");
    expect(Math.abs(Number(format.duration) - spec.durationSeconds)).toBeLessThan(0.06);
    expect(streams[0]).toMatchObject({ codec_name: "mp3", bit_rate: "128000" });
  });

  test.each([10, 10.5, 13.37])(
    "a piece of %p seconds has exactly the planned number of samples",
    async (seconds) => {
      const { mp3, spec } = await render("jazz", 11, seconds);
      const { out, err } = await run(
        ["ffmpeg", "-v", "warning", "-i", "FILE", "-f", "f32le", "-ac", "2", "-"],
        mp3,
      );
      expect(err).toBe("");
      const samples = new Float32Array(out.buffer, out.byteOffset, out.byteLength / 4);
      expect(samples.length / 2).toBe(samplesOf(spec));
      const second = 44_100 * 2;
      for (let at = 0; at + second < samples.length - second; at += second) {
        expect(powerOf(samples.subarray(at, at + second))).toBeGreaterThan(1e-6);
      }
      // The last samples are close to zero, so that no click is heard when the playback ends.
      expect(Math.max(...samples.subarray(-200).map(Math.abs))).toBeLessThan(0.01);
    },
  );
});

const powerOf = (samples: Float32Array): number =>
  samples.reduce((sum, value) => sum + value * value, 0) / samples.length;

describe("a rendering", () => {
  test("of the same plan gives the same bytes each time", async () => {
    const [one, other] = [await render("lofi"), await renderAnew("lofi", 11, 10)];
    expect(Buffer.compare(one.mp3, other.mp3)).toBe(0);
  });

  test("with another seed gives another piece", async () => {
    const [one, other] = [await render("lofi"), await render("lofi", 12)];
    expect(Buffer.compare(one.mp3, other.mp3)).not.toBe(0);
  });
});
