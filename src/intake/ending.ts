// Decides where a piece ends: at the wanted length, with a fade if the source is longer, or at the end of the source.

export interface EndingOptions {
  readonly samples: number;
  /** The intake's option of the same name. */
  readonly fade: boolean | undefined;
}

export interface Ending {
  readonly samples: number;
  /** The position at which the fade of a longer piece begins. */
  readonly fadeFrom: number;
  /** Whether the source is known to be longer. Until this is known, the sound from `fadeFrom` on is withheld. */
  readonly isLonger: boolean;
  /** A source that reaches this position is longer than wanted. */
  readonly longerFrom: number;
  /** The factor at a sample of a longer piece: 1 before the fade, 0 after it. */
  gainAt(sample: number): number;
  /** The factor at a sample of a piece that is cut close to the end of its source. */
  shortGainAt(sample: number): number;
}

const fadeSamplesMax = 2 * 44_100;
/** A fade of ten milliseconds, with which a cut makes no click. */
const shortFadeSamples = 441;
/** A source that is longer by at most a tenth of a second has only the silence that its encoder added. */
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

/** Half a period of a cosine, from 1 to 0 as `left` goes from 1 to 0. */
const gainOf = (left: number): number => (left >= 1 ? 1 : left <= 0 ? 0 : (1 - Math.cos(Math.PI * left)) / 2);
