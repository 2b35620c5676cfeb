// Converts one short sound that is given as PCM, and then the same sound given as MP3. This loads and compiles the code
// of the intake before the first listener waits for it.

import type { GeneratedChunk } from "../ports/generator/generator.ts";
import type { SourceFormat } from "../ports/generator/audio-intake.ts";
import { startSession } from "./session.ts";

const sampleRate = 48_000;
const seconds = 2;

/** Never rejects. If this conversion fails, the conversion of the first received audio fails, too, and reports the error. */
export async function warmUp(lame: () => Promise<WebAssembly.Module>): Promise<void> {
  try {
    const tone = Int16Array.from({ length: 2 * seconds * sampleRate }, (_, at) => 8000 * Math.sin(at / 9));
    const pcm = new Uint8Array(tone.buffer);
    const frames = await pass(pcm, { kind: "pcm", encoding: "s16le", sampleRate, channels: 2 }, lame);
    await pass(frames, { kind: "mp3" }, lame);
  } catch {
    // The error will be reported for the first source.
  }
}

async function pass(
  source: Uint8Array,
  format: SourceFormat,
  lame: () => Promise<WebAssembly.Module>,
): Promise<Uint8Array> {
  const chunks: GeneratedChunk[] = [];
  const session = startSession({
    format,
    durationMs: seconds * 1000,
    fade: undefined,
    lame,
    onChunk: (chunk) => chunks.push(chunk),
    onTaken: () => undefined,
  });
  session.add(source);
  session.end({ isWhole: true });
  while (session.canStep) await session.step();
  session.close();
  return Buffer.concat(chunks.map(({ bytes }) => bytes));
}
