// Decides where a piece ends: at the wanted length if the source is longer, and otherwise at the end of the source.

export interface EndingOptions {
  readonly samples: number;
  /** See `fade` of `IntakeOptions`. */
  readonly fade: boolean | undefined;
}

export interface Ending {
  readonly samples: number;
  /** The position at which the fade of a longer source begins. */
  readonly fadeFrom: number;
  /**
   * Whether the source is known to be longer than wanted. Until this is known, the audio after `fadeFrom` is withheld.
   */
  readonly isLonger: boolean;
  /** A source that reaches this position is longer than wanted. */
  readonly longerFrom: number;
  /** Returns the factor for a sample if the source is longer: 1 before the fade, 0 after it. */
  gainAt(sample: number): number;
  /**
   * Returns the factor for a sample if the source is only a little longer than wanted, and is cut without the long
   * fade: 1 before the short fade at the cut, 0 after it.
   */
  shortGainAt(sample: number): number;
}

const fadeSamplesMax = 2 * 44_100;
/** The length of a fade that prevents a click at a cut, in samples: ten milliseconds. */
const shortFadeSamples = 441;
/**
 * A tenth of a second, in samples. A source that is longer than wanted by less than this does not count as longer: the
 * excess is regarded as silence that the source's encoder added.
 */
const tolerance = 4410;

export function endingOf({ samples, fade }: EndingOptions): Ending {
  const fadeSamples = fade === false ? shortFadeSamples : Math.min(fadeSamplesMax, samples / 4);
  return {
    samples,
    fadeFrom: samples - fadeSamples,
    isLonger: fade !== undefined,
    longerFrom: fade === undefined ? samples + tolerance : samples,
    gainAt: (sample) => gainOf((samples - sample) / fadeSamples),
    shortGainAt: (sample) => gainOf((samples - sample) / shortFadeSamples),
  };
}

/** Returns half a period of a cosine, from 1 to 0 while `left` goes from 1 to 0. */
const gainOf = (left: number): number => (left >= 1 ? 1 : left <= 0 ? 0 : (1 - Math.cos(Math.PI * left)) / 2);
