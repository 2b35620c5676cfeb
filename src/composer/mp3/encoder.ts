// Encodes samples into complete MP3 frames with LAME. LAME is a separate WebAssembly file, so that an operator can
// replace it, as its licence (LGPL) requires.

import { readFile } from "node:fs/promises";
import { createEncoder } from "wasm-media-encoders";
import { AppError } from "../../errors.ts";
import { createFrameCutter } from "./frames.ts";

export interface EncodedFrames {
  readonly bytes: Uint8Array;
  readonly frames: number;
}

export interface Mp3Encoder {
  /**
   * Returns the frames that are complete now. These are often fewer frames than the samples fill,
   * because LAME buffers samples.
   */
  encode(left: Float32Array, right: Float32Array): EncodedFrames;
  /** Returns the frames that LAME has buffered until now. Call this function only once, after the last `encode`. */
  finish(): EncodedFrames;
}

/** Throws GENERATION_FAILED if the file is missing or isn't a WebAssembly module. */
export const loadLame = async (file: URL = lameFile()): Promise<WebAssembly.Module> => {
  try {
    const bytes = await readFile(file);
    return await WebAssembly.compile(Uint8Array.from(bytes));
  } catch (cause) {
    throw new AppError("GENERATION_FAILED", "The MP3 encoder can't be loaded.", {
      hint: "Run `bun install` again: wasm-media-encoders/wasm/mp3.wasm is missing or damaged.",
      cause,
    });
  }
};

const lameFile = (): URL => new URL(import.meta.resolve("wasm-media-encoders/wasm/mp3"));

export const createMp3Encoder = async (lame: WebAssembly.Module): Promise<Mp3Encoder> => {
  const encoder = await createEncoder("audio/mpeg", lame);
  encoder.configure({ channels: 2, sampleRate: 44_100, outputSampleRate: 44_100, bitrate: 128 });
  const cutter = createFrameCutter();
  return {
    // The encoder returns a view of its memory, so the cutter copies the bytes immediately.
    encode: (left, right) => cutter.push(encoder.encode([left, right])),
    finish: () => {
      const last = cutter.push(encoder.finalize());
      if (cutter.waiting > 0) throw new RangeError("The encoder ended within a frame.");
      return last;
    },
  };
};
