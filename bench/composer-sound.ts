// Compares version 1 of the composer with the present version.
// Run: `bun bench/composer-sound.ts [seconds]`. `seconds` is the length of each piece, 60 by
// default. The sound of the pieces is measured with ffmpeg, which must be installed. Statistics of
// their scores are computed, too. Version 1 plays the 13 plans of its golden file. The present
// version plays new pieces with the same styles and seeds.

import { loadLame } from "../src/composer/mp3/encoder.ts";
import { parsePrompt } from "../src/composer/prompt/parse-prompt.ts";
import { startRendering } from "../src/composer/render.ts";
import { composePiece } from "../src/composer/score/piece.ts";
import { loadBank } from "../src/composer/sound/bank.ts";
import { type MusicSpec, sampleRate } from "../src/composer/spec.ts";
import { versionOnePieces } from "../src/testing/sound/version-1-pieces.ts";

const durationSeconds = Number(Bun.argv[2] ?? 60);
const studio = { bank: await loadBank(), lame: await loadLame() };

const renderMp3 = async (spec: MusicSpec): Promise<Uint8Array> => {
  const rendering = await startRendering(spec, studio);
  const parts: Uint8Array[] = [];
  while (!rendering.isDone) {
    const chunk = rendering.step();
    if (chunk !== undefined) parts.push(chunk.bytes);
  }
  return Buffer.concat(parts);
};

const ffmpeg = async (mp3: Uint8Array, filters: string): Promise<string> => {
  const tool = Bun.spawn(["ffmpeg", "-hide_banner", "-i", "-", "-af", filters, "-f", "null", "-"], {
    stdin: mp3,
    stdout: "ignore",
    stderr: "pipe",
  });
  return new Response(tool.stderr).text();
};

/** Returns the RMS level of the filtered sound in dB; NaN if ffmpeg reports no level. */
const levelOf = async (mp3: Uint8Array, filters: string): Promise<number> =>
  Number(
    /RMS level dB: (-?[\d.]+)/.exec(
      await ffmpeg(mp3, `${filters},astats=measure_perchannel=none:measure_overall=RMS_level`),
    )?.[1] ?? Number.NaN,
  );

/**
 * "side/mid": the level of the difference of the two channels, relative to the level of their sum. "8 kHz": the level
 * of the octave around 8 kHz, relative to the level of the whole sound. Levels are in dB.
 */
const measureSound = async (spec: MusicSpec) => {
  const mp3 = await renderMp3(spec);
  const piece = composePiece(spec);
  const { timing, sections } = piece;
  const meter = await ffmpeg(mp3, "ebur128=peak=true");
  const read = (pattern: RegExp): number => Number([...meter.matchAll(pattern)].at(-1)?.[1] ?? Number.NaN);
  const loudnessOf = async (kind: string): Promise<number> => {
    const section = sections.find((one) => one.kind === kind);
    if (section === undefined) return Number.NaN;
    const from = timing.barStart(section.firstBar) / sampleRate;
    const to = timing.barStart(section.firstBar + section.bars) / sampleRate;
    const report = await ffmpeg(mp3, `atrim=${from}:${to},ebur128`);
    return Number([...report.matchAll(/I:\s+(-?[\d.]+) LUFS/g)].at(-1)?.[1] ?? Number.NaN);
  };
  const side = await levelOf(mp3, "pan=mono|c0=0.5*c0-0.5*c1");
  const mid = await levelOf(mp3, "pan=mono|c0=0.5*c0+0.5*c1");
  const whole = await levelOf(mp3, "pan=mono|c0=0.5*c0+0.5*c1");
  const high = await levelOf(mp3, "pan=mono|c0=0.5*c0+0.5*c1,highpass=5657:poles=2,lowpass=11314:poles=2");
  return {
    LUFS: read(/I:\s+(-?[\d.]+) LUFS/g),
    peak: read(/Peak:\s+(-?[\d.]+) dBFS/g),
    "side/mid": round(side - mid),
    "8 kHz": round(high - whole),
    "break − chorus": round((await loudnessOf("break")) - (await loudnessOf("chorus"))),
  };
};

/**
 * "same chord rhythm %": the share of bars whose chords have the same rhythm as the chords of the bar before. The first
 * bars of sections, and bars without chords, are left out. "ends fullest": no section is more intense than the last
 * section before the outro. "steps up:down": the number of rising intervals of 1 or 2 semitones in the tune, divided by
 * the number of falling intervals of 1 or 2 semitones. "leaps up:down": the same for intervals of 5 or more semitones.
 */
const measureScore = (spec: MusicSpec) => {
  const { timing, sections, barOf } = composePiece(spec);
  const bars = Array.from({ length: timing.bars }, (_, index) => barOf(index));
  const rhythm = (index: number): string =>
    [
      ...new Set(
        bars[index]?.notes.filter(({ part }) => part === "chords").map(({ beat }) => Math.round(beat * 4)),
      ),
    ].join();
  const inside = bars.flatMap(({ section }, index) =>
    index > 0 && bars[index - 1]?.section === section && rhythm(index) !== "" ? [index] : [],
  );
  const same = inside.filter((index) => rhythm(index) === rhythm(index - 1)).length;
  const last = sections.findLast(({ kind }) => kind !== "outro");
  const pitches = bars.flatMap(({ tune }) => tune.map(({ pitch }) => pitch));
  const steps = pitches.slice(1).map((pitch, index) => pitch - (pitches[index] ?? pitch));
  const count = (isWanted: (step: number) => boolean): number => steps.filter(isWanted).length;
  return {
    "same chord rhythm %": Math.round((100 * same) / Math.max(1, inside.length)),
    "ends fullest": last?.intensity === Math.max(...sections.map(({ intensity }) => intensity)),
    "steps up:down": round(
      count((step) => step > 0 && step <= 2) /
        Math.max(
          1,
          count((step) => step < 0 && step >= -2),
        ),
      2,
    ),
    "leaps up:down": round(
      count((step) => step >= 5) /
        Math.max(
          1,
          count((step) => step <= -5),
        ),
      2,
    ),
  };
};

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
const median = (values: readonly number[]): number => {
  const known = values.filter(Number.isFinite).toSorted((one, other) => one - other);
  return known[Math.floor(known.length / 2)] ?? Number.NaN;
};

const rows: Record<string, string | number | boolean>[] = [];
for (const { spec } of versionOnePieces) {
  const before = { ...spec, durationSeconds };
  const today = parsePrompt({
    prompt: spec.style === "chip" ? "chiptune" : spec.style === "hiphop" ? "hip hop" : spec.style,
    seed: spec.seed,
    durationSeconds,
  });
  for (const plan of [before, today])
    rows.push({
      style: plan.style,
      version: plan.composerVersion,
      ...(await measureSound(plan)),
      ...measureScore(plan),
    });
}
console.table(rows);
for (const version of [1, 2]) {
  const own = rows.filter((row) => row["version"] === version);
  const middle = (name: string): number => round(median(own.map((row) => Number(row[name]))), 2);
  console.log(
    `version ${version}, medians: ${middle("LUFS")} LUFS, side/mid ${middle("side/mid")} dB, 8 kHz ${middle("8 kHz")} dB, break ${middle("break − chorus")} dB, same chord rhythm ${middle("same chord rhythm %")} %, steps ${middle("steps up:down")}, leaps ${middle("leaps up:down")}, ends fullest in ${own.filter((row) => row["ends fullest"]).length} of ${own.length}`,
  );
}
