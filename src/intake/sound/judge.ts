// Refuses sources that are not music, such as silence, too little audio, or bytes that are not samples.

import { failed, secondsText } from "../failed.ts";
import type { Sound } from "../formats/source-decoder.ts";

export interface SoundJudge {
  /**
   * If `isRaw` is true and the samples are random, throws GENERATION_FAILED. The usual cause is that
   * the bytes are in fact compressed data, or have another byte order. Only the samples of the first
   * channel are checked for randomness.
   */
  add(sound: Sound): void;
  /** Throws GENERATION_FAILED if there was too little audio, or only silence. */
  end(): void;
}

/** If all samples of a source are below this level (-60 dB), the source is only silence. */
const silentMax = 0.001;
const secondsMin = 1;
const windowSeconds = 0.15;
/**
 * A source is refused after this many successive windows with random samples. If the first window of the source has
 * random samples, the source is refused at once.
 */
const randomWindowsMax = 8;

/**
 * `isRaw` means that the source is declared as uncompressed. In a compressed source, wrong bytes cause a decoding
 * error. In an uncompressed source, wrong bytes become noise. So only uncompressed sources are checked for random
 * samples.
 */
export function createSoundJudge({ isRaw }: { readonly isRaw: boolean }): SoundJudge {
  let peak = 0;
  let samples = 0;
  let sampleRate = 1;
  let randomWindows = 0;
  const window = { count: 0, energy: 0, change: 0, last: 0 };

  const closeWindow = (): void => {
    const isFirst = samples <= windowSeconds * sampleRate + 1;
    randomWindows = isRandom(window) ? randomWindows + 1 : 0;
    Object.assign(window, { count: 0, energy: 0, change: 0 });
    if (randomWindows >= (isFirst ? 1 : randomWindowsMax)) {
      throw failed(
        "The source is noise: its bytes are compressed, or have another byte order or encoding than declared.",
        "The generator has to name the encoding that it sends: audio/L16 means big endian, and encoding=s16le means little endian.",
      );
    }
  };
  return {
    add: ({ channels, sampleRate: rate }) => {
      sampleRate = rate;
      for (const channel of channels) {
        for (let at = 0; at < channel.length; at++) peak = Math.max(peak, Math.abs(channel[at]!));
      }
      const [first = new Float32Array(0)] = channels;
      if (!isRaw) {
        samples += first.length;
        return;
      }
      for (const value of first) {
        samples++;
        window.count++;
        window.energy += value * value;
        window.change += (value - window.last) ** 2;
        window.last = value;
        if (window.count >= windowSeconds * rate) closeWindow();
      }
    },
    end: () => {
      if (samples < secondsMin * sampleRate) {
        throw failed(
          `The source has only ${secondsText(samples, sampleRate)} of sound, too little for a piece.`,
        );
      }
      if (peak < silentMax) throw failed("The source is only silence.");
    },
  };
}

/**
 * Returns whether the samples look like random numbers from -1 to 1. Such numbers have two properties, and both are
 * tested. Their mean square is 1/3, which is very loud. The energy of the differences between successive numbers is
 * twice the energy of the numbers, which is very rough. Music is never so loud and so rough at the same time.
 */
const isRandom = ({
  count,
  energy,
  change,
}: {
  readonly count: number;
  readonly energy: number;
  readonly change: number;
}): boolean => Math.abs(energy / count - 1 / 3) < 0.06 && Math.abs(change / energy - 2) < 0.3;
