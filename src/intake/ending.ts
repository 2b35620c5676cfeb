// Decides where a piece ends. If the source is longer than wanted, the piece ends at the wanted length. Otherwise the
// piece ends at the end of the source. All lengths and positions are in samples at 44.1 kHz.

export interface EndingOptions {
  /** The wanted length. */
  readonly samples: number;
  /** See `fade` of `IntakeOptions`. */
  readonly fade: boolean | undefined;
}

export interface Ending {
  readonly samples: number;
  /** The position at which the fade of a longer source begins. */
  readonly fadeFrom: number;
  /**
   * Whether the source is known to be longer than wanted, so that the fade can be made at once. If false, the audio after
   * `fadeFrom` is held back until the source either ends or reaches `longerFrom`. Only then it is known whether a fade is
   * needed.
   */
  readonly isLonger: boolean;
  /** A source that reaches this position counts as longer than wanted. */
  readonly longerFrom: number;
  /**
   * Returns the factor by which a sample is multiplied if the source counts as longer than wanted: 1 before the fade,
   * and 0 after the fade.
   */
  gainAt(sample: number): number;
  /**
   * Returns the factor by which a sample is multiplied if the source ends between the wanted length and `longerFrom`.
   * The piece is then cut at the wanted length with a short fade. The factor is 1 before the short fade and 0 after it.
   */
  shortGainAt(sample: number): number;
}

/** The maximum length of a fade: two seconds, in samples. */
const fadeSamplesMax = 2 * 44_100;
/** The length of a fade that prevents a click at a cut, in samples: ten milliseconds. */
const shortFadeSamples = 441;
/**
 * A tenth of a second, in samples. An encoder can add this much silence to the end of a source. So if `fade` is
 * undefined, a source that exceeds the wanted length by less than this does not count as longer than wanted.
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

/** Returns the factor at a point of a fade. `left` is the remaining part of the fade: it goes from 1 to 0. */
const gainOf = (left: number): number => (left >= 1 ? 1 : left <= 0 ? 0 : (1 - Math.cos(Math.PI * left)) / 2);
