// Tests the audio intake, which converts the audio of generators to MP3 chunks. ffmpeg must read these chunks, and the
// intake must read files that ffmpeg wrote.

import { afterAll, expect, setDefaultTimeout } from "bun:test";
import { needsTool } from "../testing/runners/needs-tool.ts";
import { decodeMp3 } from "../testing/sound/decode-mp3.ts";
import { madeWav, musicInEachFormat, optionsOf } from "../testing/sound/music-in-each-format.ts";
import { correlationOf, musicAt } from "../testing/sound/sources.ts";
import { takeAll } from "../testing/sound/take-all.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createAudioIntake } from "./intake.ts";

setDefaultTimeout(60_000);
const intake = createAudioIntake();
afterAll(() => intake.close());

needsTool("ffmpeg")("ffmpeg reads the joined chunks of the intake without an error", async () => {
  await using directory = await createTemporaryDirectory();
  for (const source of await musicInEachFormat()) {
    const { name } = source;
    const { mp3 } = await takeAll(intake, source.bytes, optionsOf(source));
    const path = `${directory.path}/piece.mp3`;
    await Bun.write(path, mp3);
    const read = Bun.spawnSync(["ffmpeg", "-v", "warning", "-xerror", "-i", path, "-f", "null", "-"]);
    // The chunks don't declare the length, because the length is not known when the first chunk is written. So
    // ffmpeg estimates the length.
    const warnings = read.stderr.toString().split("\n");
    const others = warnings.filter(
      (line) => line !== "" && !line.includes("Estimating duration from bitrate"),
    );
    expect({ name, others, rc: read.exitCode }).toEqual({ name, others: [], rc: 0 });
  }
});

needsTool("ffmpeg")("the intake reads FLAC and WAV files that ffmpeg wrote", async () => {
  await using directory = await createTemporaryDirectory();
  const seconds = 3;
  const music = musicAt(44_100, seconds);
  await Bun.write(`${directory.path}/stereo.wav`, madeWav(48_000, "s16le", 2, false, seconds));
  for (const form of [
    "-ac 6 -sample_fmt s32 six.flac",
    "-ac 6 -c:a pcm_s24le six.wav",
    "-ar 96000 -f wav pipe:1",
  ]) {
    const convert = Bun.spawnSync(["ffmpeg", "-v", "error", "-i", "stereo.wav", ...form.split(" ")], {
      cwd: directory.path,
    });
    const file = form.split(" ").at(-1)!;
    const bytes = file === "pipe:1" ? convert.stdout : await Bun.file(`${directory.path}/${file}`).bytes();
    const { mp3, durationMs, failure } = await takeAll(intake, new Uint8Array(bytes));
    expect(failure).toBeUndefined();
    expect(Math.abs(durationMs - seconds * 1000)).toBeLessThanOrEqual(60);
    const { left } = await decodeMp3(mp3);
    expect(correlationOf(music[0]!, left)).toBeGreaterThan(0.999);
  }
});
