// Renders the mix of a piece and each of its stems as 32-bit floating-point samples, a fraction of a second at a time.
// The mix passes through a limiter, but a stem does not, so a stem may exceed full scale.

import { blockSamples, createMaster, type GainStep } from "../sound/master.ts";
import { createStem } from "../sound/stem.ts";
import type { Bank } from "../sound/bank.ts";
import { composePiece } from "../score/piece.ts";
import { type MusicSpec, samplesOf } from "../spec.ts";
import type { StemName } from "./stem-names.ts";

export interface Stems {
  /** Renders the finished piece. The samples are not encoded. */
  mix(): AsyncGenerator<Uint8Array>;
  /**
   * Renders a stem. A stem needs the loudness gains of the mix. These gains are known after a mix was read to its end.
   * If no mix was read to its end, this function renders the mix first.
   */
  stem(name: StemName["stem"]): AsyncGenerator<Uint8Array>;
}

/** The number of blocks in each yielded array. Together, these blocks last about a third of a second. */
const blocksAtOnce = 12;

/**
 * The mix and the stems have the same number of samples, and all begin at the start of the piece.
 * Each has two interleaved channels of little-endian floats.
 */
export const renderStems = (spec: MusicSpec, bank: Bank): Stems => {
  const piece = composePiece(spec);
  const samples = samplesOf(spec);
  let known: readonly GainStep[] | undefined;

  async function* mix(): AsyncGenerator<Uint8Array> {
    const gains: GainStep[] = [];
    const master = await createMaster(piece, bank, (step) => gains.push(step));
    try {
      const [left, right] = [new Float32Array(blockSamples), new Float32Array(blockSamples)];
      for (let at = 0; at < samples;) {
        const parts: Uint8Array[] = [];
        for (let block = 0; block < blocksAtOnce && at < samples; block++) {
          const count = Math.min(blockSamples, samples - at);
          master.render(left, right, count);
          parts.push(interleaved(left.subarray(0, count), right.subarray(0, count)));
          at += count;
        }
        yield Buffer.concat(parts);
      }
      known = gains;
    } finally {
      master.close();
    }
  }

  async function* stem(name: StemName["stem"]): AsyncGenerator<Uint8Array> {
    if (known === undefined) for await (const _ of mix());
    const rendered = await createStem(piece, bank, name, known ?? []);
    try {
      for (let isOver = false; !isOver;) {
        const parts: Uint8Array[] = [];
        for (let block = 0; block < blocksAtOnce && !isOver; block++) {
          const sound = rendered.next();
          if (sound === undefined) isOver = true;
          else parts.push(interleaved(sound.left, sound.right));
        }
        if (parts.length > 0) yield Buffer.concat(parts);
      }
    } finally {
      rendered.close();
    }
  }

  return { mix, stem };
};

const interleaved = (left: Float32Array, right: Float32Array): Uint8Array => {
  const frames = new Float32Array(left.length * 2);
  for (let at = 0; at < left.length; at++) {
    frames[at * 2] = left[at]!;
    frames[at * 2 + 1] = right[at]!;
  }
  return new Uint8Array(frames.buffer);
};
