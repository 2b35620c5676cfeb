// Creates the error of a source that can't be used. A source is the audio that a generator sends.

import { AppError } from "../errors.ts";

/**
 * `reason` is a sentence such as "The source is only silence.". `hint` tells what the generator has to send, or
 * names a possible cause.
 */
export const failed = (reason: string, hint?: string): AppError =>
  new AppError("GENERATION_FAILED", reason, hint === undefined ? {} : { hint });

/** Formats a duration for display, such as "2.5 s". Rounds down to a tenth of a second. */
export const secondsText = (samples: number, sampleRate: number): string =>
  `${(Math.floor((samples / sampleRate) * 10) / 10).toFixed(1)} s`;
