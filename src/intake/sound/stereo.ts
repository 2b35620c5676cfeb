// Mixes up to 8 channels to two.

export interface Stereo {
  readonly left: Float32Array;
  /** If the source has one channel, this is the same array as `left`. */
  readonly right: Float32Array;
}

const half = Math.SQRT1_2;

/**
 * The share of each channel in the left and in the right output, in the channel order of WAV and FLAC. The levels are
 * those of ITU-R BS.775, without the low-frequency channel.
 */
const mixes: Readonly<
  Record<number, { readonly left: readonly number[]; readonly right: readonly number[] }>
> = {
  3: { left: [1, 0, half], right: [0, 1, half] },
  4: { left: [1, 0, half, 0], right: [0, 1, 0, half] },
  5: { left: [1, 0, half, half, 0], right: [0, 1, half, 0, half] },
  6: { left: [1, 0, half, 0, half, 0], right: [0, 1, half, 0, 0, half] },
  7: { left: [1, 0, half, 0, half, half, 0], right: [0, 1, half, 0, half, 0, half] },
  8: { left: [1, 0, half, 0, half, 0, half, 0], right: [0, 1, half, 0, 0, half, 0, half] },
};

/**
 * Mixes channels to two. A single channel becomes both outputs. For 3 to 8 channels, each output is a weighted average
 * of the channels. So an output is never louder than the loudest channel. Of more than 8 channels, only the first two
 * are used.
 */
export function mixToStereo(channels: readonly Float32Array[]): Stereo {
  const [left = new Float32Array(0), right = left] = channels;
  const mix = mixes[channels.length];
  return mix === undefined
    ? { left, right }
    : { left: mixed(channels, mix.left), right: mixed(channels, mix.right) };
}

function mixed(channels: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const samples = new Float32Array(channels[0]?.length ?? 0);
  for (const [index, channel] of channels.entries()) {
    const weight = (weights[index] ?? 0) / total;
    if (weight > 0) for (let at = 0; at < samples.length; at++) samples[at]! += weight * channel[at]!;
  }
  return samples;
}
