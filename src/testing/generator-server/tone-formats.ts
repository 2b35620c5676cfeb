// Makes the sine tone of the generator stand-in as WAV, FLAC, L16 and 32-bit floats. A generator is
// also allowed to send MP3 and `audio/pcm` with 16-bit samples, which are not made here.
import { hertzOf } from "./tone-generator.ts";
import type { MakeBody } from "./making.ts";

const sampleRate = 44_100;
const blockSeconds = 0.5;

/** Yields one channel of a sine tone in blocks of half a second. `level` is the amplitude; 1 is full scale. */
export function* toneBlocks(seconds: number, hertz: number, level = 0.2): Generator<Float32Array> {
  const samples = Math.round(seconds * sampleRate);
  const block = blockSeconds * sampleRate;
  for (let start = 0; start < samples; start += block) {
    const length = Math.min(block, samples - start);
    yield Float32Array.from(
      { length },
      (_, at) => level * Math.sin((2 * Math.PI * hertz * (start + at)) / sampleRate),
    );
  }
}

/** Returns interleaved stereo samples, with the block on both channels. */
export function encoded(block: Float32Array, kind: "s16le" | "s16be" | "f32le"): Uint8Array {
  const width = kind === "f32le" ? 4 : 2;
  const bytes = new Uint8Array(block.length * 2 * width);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of block.entries())
    for (const channel of [0, 1]) {
      const place = (at * 2 + channel) * width;
      if (kind === "f32le") view.setFloat32(place, value, true);
      else view.setInt16(place, Math.round(value * 32_767), kind === "s16le");
    }
  return bytes;
}

/** Returns the header of a WAV file with this number of bytes of 16-bit stereo. */
export function wavHeader(dataBytes: number): Uint8Array {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(Math.min(0xffffffff, dataBytes + 36), 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(dataBytes, 40);
  return new Uint8Array(header);
}

const pcm = (kind: "s16be" | "f32le", level?: number): MakeBody =>
  async function* ({ durationSeconds, seed }) {
    for (const block of toneBlocks(durationSeconds, hertzOf(seed), level)) yield encoded(block, kind);
  };

async function* wav({ durationSeconds, seed }: Parameters<MakeBody>[0]) {
  yield wavHeader(Math.round(durationSeconds * sampleRate) * 4);
  for (const block of toneBlocks(durationSeconds, hertzOf(seed))) yield encoded(block, "s16le");
}

/** Makes FLAC with ffmpeg. Tests must not request FLAC where ffmpeg is not installed. */
async function* flac(request: Parameters<MakeBody>[0], signal: AbortSignal) {
  const parts = await Array.fromAsync(wav(request));
  const child = Bun.spawn(["ffmpeg", "-v", "error", "-i", "-", "-f", "flac", "-"], {
    stdin: new Blob(parts.map((part) => new Uint8Array(part))),
    stdout: "pipe",
    stderr: "ignore",
    signal,
  });
  yield await new Response(child.stdout).bytes();
}

export const l16Type = `audio/L16;rate=${sampleRate};channels=2`;
export const floatType = `audio/pcm;rate=${sampleRate};channels=2;encoding=f32le`;

export const toneFormats: Readonly<Record<string, MakeBody>> = {
  "audio/wav": wav,
  "audio/flac": flac,
  [l16Type]: pcm("s16be"),
  [floatType]: pcm("f32le"),
};

/** The tone with an amplitude of three times full scale. */
export const loudFloats: MakeBody = pcm("f32le", 3);
