// Plans the tempo and the meter of a prompt. If the prompt has a number of beats per minute, the
// piece gets exactly this tempo, with two exceptions: a number outside the allowed tempos becomes the
// nearest allowed tempo, and in a loop the tempo is changed slightly, so that complete bars fill the
// piece. A word such as "slow" means a range of tempos, which is narrowed to the tempos of the style.

import { createRandom } from "../random.ts";
import { type MeterName, meters } from "../score/time/meter.ts";
import { fitTempo } from "../score/time/timing.ts";
import { bpmMax, bpmMin } from "../spec.ts";
import type { Style } from "../styles/style.ts";
import type { Reading, Wish, WordWish } from "./reading.ts";
import type { Report } from "./report.ts";
import type { TempoWord } from "./words/words.ts";

export const clampBpm = (bpm: number): number => Math.min(bpmMax, Math.max(bpmMin, bpm));

/** For each word, the slowest and the fastest tempo in beats per minute. */
const ranges: Readonly<Record<TempoWord, readonly [number, number]>> = {
  "very slow": [44, 56],
  slow: [58, 74],
  moderate: [92, 108],
  fast: [142, 166],
  "very fast": [174, 200],
};

export const planMeter = (style: Style, { wishes }: Reading, report: Report): MeterName => {
  let meter: MeterName | undefined;
  for (const wish of wishes) {
    if (wish.kind !== "meter") continue;
    if (wish.isNegated || wish.meter === undefined || (meter !== undefined && meter !== wish.meter))
      report.refused(wish);
    else {
      meter = wish.meter;
      report.done(wish, meter);
    }
  }
  if (meter !== undefined) return meter;
  const isWaltz = wishes.some(
    (wish) => !wish.isNegated && wish.kind === "styles" && /waltz|vals|walzer/.test(wish.phrase),
  );
  return isWaltz ? "3/4" : style.meter;
};

export interface TempoRequest {
  readonly style: Style;
  readonly meter: MeterName;
  readonly reading: Reading;
  readonly seed: number;
  readonly durationSeconds: number;
  /**
   * The product of the factors by which the moods change the tempo. Used only if the prompt has neither a number nor a
   * word for the tempo.
   */
  readonly pace: number;
  readonly isLoop: boolean;
}

export const planTempo = (request: TempoRequest, report: Report): number => {
  const { style, meter, reading, seed, durationSeconds, isLoop } = request;
  const exact = exactTempo(reading.wishes, report);
  if (exact !== undefined) settleWords(reading.wishes, exact, report);
  if (exact !== undefined) return isLoop ? loopTempo(exact, meter, durationSeconds) : exact;
  const place = createRandom(seed, "tempo").next();
  const counted = wordRange(reading.wishes, report);
  // The ranges of the words are for quarter notes. The beat of 6/8 and 12/8 is a dotted quarter note, which is longer
  // than a quarter note. So in these meters, "moderate", "fast" and "very fast" mean fewer beats per minute.
  const range =
    counted === undefined || meters[meter].pulse === 4 || counted[0] < 92
      ? counted
      : ([counted[0] * 0.8, counted[1] * 0.8] as const);
  if (range !== undefined) {
    const [slowest, fastest] = withinStyle(range, style, meter);
    const wanted = slowest + (fastest - slowest) * (0.25 + place / 2);
    if (isLoop) return loopTempo(wanted, meter, durationSeconds);
    return Math.min(Math.max(clampBpm(fitTempo(wanted, meter, durationSeconds)), range[0]), range[1] + 2);
  }
  const [slowest, fastest] = style.tempo;
  // A short piece is faster, so that more happens in it.
  const from = Math.max(durationSeconds < 20 ? 0.75 : 0, place);
  const factor = pulseFactor(style.meter, meter);
  const wanted = clampBpm(
    (slowest + (fastest - slowest) * from) * Math.min(1.25, Math.max(0.8, request.pace)) * factor,
  );
  return clampBpm(
    isLoop ? loopTempo(wanted, meter, durationSeconds) : fitTempo(wanted, meter, durationSeconds),
  );
};

/**
 * Returns the factor that converts a tempo in one meter to the same speed in another meter. The beats of 6/8 and 12/8
 * are longer than the beats of the other meters, so fewer beats fit into a minute.
 */
const pulseFactor = (from: MeterName, to: MeterName): number => meters[from].pulse / meters[to].pulse;

/**
 * Narrows the tempo range of a word to the tempos of the style. If the ranges don't overlap,
 * returns the half of the word's range that is nearer to the tempos of the style.
 */
const withinStyle = (
  [low, high]: readonly [number, number],
  style: Style,
  meter: MeterName,
): readonly [number, number] => {
  const [slowest, fastest] = style.tempo.map((bpm) => bpm * pulseFactor(style.meter, meter)) as [
    number,
    number,
  ];
  if (slowest > high) return [(low + high) / 2, high];
  if (fastest < low) return [low, (low + high) / 2];
  return [Math.max(low, slowest), Math.min(high, fastest)];
};

const exactTempo = (wishes: readonly Wish[], report: Report): number | undefined => {
  let found: number | undefined;
  for (const wish of wishes) {
    if (wish.kind !== "bpm") continue;
    if (wish.isNegated || found !== undefined) report.refused(wish);
    else {
      found = clampBpm(wish.bpm);
      if (found === wish.bpm) report.done(wish, `${found} bpm`);
      else report.near(wish, `${found} bpm`);
    }
  }
  return found;
};

/**
 * Reports each word for the tempo as fulfilled if the word agrees with `bpm`, the number in the prompt. Otherwise
 * reports the word as refused. A negated word, as in "not fast", is fulfilled if `bpm` does not agree with the word.
 */
const settleWords = (wishes: readonly Wish[], bpm: number, report: Report): void => {
  for (const wish of wishes) {
    if (wish.kind !== "tempo") continue;
    const [low, high] = ranges[wish.id as TempoWord];
    const isSlow = wish.id.endsWith("slow");
    const agrees = isSlow ? bpm <= high * 1.25 : bpm >= low * 0.8 && (wish.id !== "moderate" || bpm <= 130);
    if (agrees !== wish.isNegated)
      report.done(wish, wish.isNegated ? `not ${wish.typed.toLowerCase()}` : wish.id);
    else report.refused(wish);
  }
};

/** The replacement for each negated word: "not fast" gets the range of "moderate". */
const opposite: Readonly<Record<TempoWord, TempoWord>> = {
  "very slow": "moderate",
  slow: "moderate",
  moderate: "fast",
  fast: "moderate",
  "very fast": "moderate",
};

const wordRange = (wishes: readonly Wish[], report: Report): readonly [number, number] | undefined => {
  const words = wishes.filter((wish): wish is WordWish => wish.kind === "tempo");
  let chosen: TempoWord | undefined;
  for (const wish of words) {
    const word = wish.id as TempoWord;
    const meant = wish.isNegated ? opposite[word] : word;
    if (chosen === undefined || chosen === meant) {
      chosen = meant;
      report.done(wish, wish.isNegated ? `not ${wish.typed.toLowerCase()}` : word);
    } else report.refused(wish);
  }
  return chosen === undefined ? undefined : ranges[chosen];
};

/**
 * Returns a tempo at which complete bars fill the piece exactly, so that the end of the piece joins
 * the beginning. If this tempo is not allowed, returns the nearest allowed tempo. With that tempo, the
 * piece ends in the middle of a bar.
 */
const loopTempo = (wanted: number, meter: MeterName, durationSeconds: number): number => {
  const pulses = meters[meter].steps / meters[meter].pulse;
  const bars = Math.max(1, Math.round((durationSeconds * wanted) / 60 / pulses));
  const inFours = bars >= 8 ? Math.round(bars / 4) * 4 : bars;
  const bpmOf = (count: number): number => (count * pulses * 60) / durationSeconds;
  const bpm = Math.abs(bpmOf(inFours) / wanted - 1) < 0.02 ? bpmOf(inFours) : bpmOf(bars);
  return clampBpm(Math.round(bpm * 1e6) / 1e6);
};
