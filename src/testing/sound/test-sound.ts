// Makes real sound for tests: ffmpeg mixes noise and a tone, and encodes the mix as MP3 with LAME.
// The Info frame of the MP3 states the exact length; a test can leave out the Info frame. This file
// also decodes sound with ffmpeg, and examines sound with ffprobe.
import { join } from "node:path";
import { createTemporaryDirectory } from "../temporary-directory.ts";

function run(command: readonly string[]) {
  const { success, stdout, stderr } = Bun.spawnSync([...command], { stdout: "pipe", stderr: "pipe" });
  if (!success) throw new Error(`${command[0]}: ${stderr}`);
  return stdout;
}

export async function makeMp3({
  seconds = 3,
  sampleRate = 44_100,
  channels = 2,
  infoFrame = true,
} = {}): Promise<Uint8Array<ArrayBuffer>> {
  await using directory = await createTemporaryDirectory();
  // The output is a file and not a pipe, because ffmpeg writes the Info frame last, at the start of the file.
  const path = join(directory.path, "sound.mp3");
  const tone = `sine=440:r=${sampleRate}:d=${seconds}`;
  const noise = `anoisesrc=d=${seconds}:r=${sampleRate}:a=0.2:seed=7`;
  run([
    ...["ffmpeg", "-v", "error", "-f", "lavfi", "-i", tone, "-f", "lavfi", "-i", noise],
    ...["-filter_complex", "amix=inputs=2", "-ac", String(channels), "-c:a", "libmp3lame", "-b:a", "128k"],
    ...["-id3v2_version", "0", "-write_xing", infoFrame ? "1" : "0", path],
  ]);
  return await Bun.file(path).bytes();
}

/**
 * Returns the samples that ffmpeg decodes. The sample rate and the channels are those of the file;
 * the samples of the channels alternate. Throws if ffmpeg fails.
 */
export async function decodeByFfmpeg(file: Uint8Array<ArrayBuffer>): Promise<Int16Array> {
  await using directory = await createTemporaryDirectory();
  const path = join(directory.path, "sound");
  await Bun.write(path, file);
  const pcm = run(["ffmpeg", "-v", "error", "-i", path, "-f", "s16le", "-"]);
  return new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
}

export interface Probe {
  readonly format: {
    readonly format_name: string;
    readonly duration: string;
    readonly tags: Readonly<Record<string, string>>;
  };
  readonly streams: readonly { readonly codec_name: string; readonly sample_rate: string }[];
  /** The warnings and errors that ffprobe wrote; empty if there are none. */
  readonly warnings: string;
}

/**
 * Examines the file with ffprobe. If ffprobe can't read the file, does not throw: `warnings` has the
 * reason, and `format` and `streams` are missing.
 */
export async function probe(file: Uint8Array<ArrayBuffer>): Promise<Probe> {
  await using directory = await createTemporaryDirectory();
  const path = join(directory.path, "sound");
  await Bun.write(path, file);
  const child = Bun.spawnSync(
    ["ffprobe", "-v", "warning", "-of", "json", "-show_format", "-show_streams", path],
    { stdout: "pipe", stderr: "pipe" },
  );
  return {
    ...(JSON.parse(child.stdout.toString()) as Omit<Probe, "warnings">),
    warnings: child.stderr.toString(),
  };
}
