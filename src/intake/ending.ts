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
   * If true, the source counts as longer than wanted from the start, although its length is not known yet. If false,
   * the audio after `fadeFrom` is withheld until the source ends or reaches `longerFrom`.
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
   * Returns the factor by which a sample is multiplied if the source is longer than wanted, but ends before
   * `longerFrom`. Such a source is cut with a short fade: the factor is 1 before the short fade, and 0 after the short
   * fade.
   */
  shortGainAt(sample: number): number;
}

/** The maximum length of a fade: two seconds, in samples. */
const fadeSamplesMax = 2 * 44_100;
/** The length of a fade that prevents a click at a cut, in samples: ten milliseconds. */
const shortFadeSamples = 441;
/**
 * A tenth of a second, in samples. If `fade` is undefined, a source that is longer than wanted by less than this
 * tolerance does not count as longer. The excess is regarded as silence that the source's encoder added.
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
