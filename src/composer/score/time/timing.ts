// Computes the times of a piece's bars: complete bars, then a last chord that rings to the exact
// end. A piece that ends in a fade-out or a loop has no last chord, and its last bar can be
// incomplete.

import type { MusicSpec } from "../../spec.ts";
import { sampleRate, samplesOf } from "../../spec.ts";
import { type MeterName, quartersOf, quartersPerMinute } from "./meter.ts";
import { hasTempoMap, paceOf } from "./tempo-map.ts";

/**
 * The time that the last chord needs to ring and fade. A piece with the ending "stop" needs less.
 * Even a very short piece has one complete bar, so its last chord can be shorter than this time.
 */
const ringSecondsMin = 2.4;

export interface Timing {
  /** The number of bars, without the last chord. At least 1. */
  readonly bars: number;
  /** The number of quarter notes in a bar. */
  readonly quarters: number;
  readonly samples: number;
  /** The sample at which the last chord begins. Equal to `samples` if there is no last chord. */
  readonly ringStart: number;
  /** Returns the start of a bar in samples, as a fractional number. The last chord is the bar with the index `bars`. */
  barStart(index: number): number;
  /** Returns the index of the bar that sounds at a sample; `bars` during the last chord. */
  barAt(sample: number): number;
  /** Returns the number of samples in a quarter note of this bar. */
  quarterIn(index: number): number;
}

export const timingOf = (spec: MusicSpec): Timing => {
  const samples = samplesOf(spec);
  const samplesPerQuarter = (60 / quartersPerMinute(spec.bpm, spec.meter)) * sampleRate;
  const quarters = quartersOf(spec.meter);
  const samplesPerBar = samplesPerQuarter * quarters;
  const ringMin = ringSecondsOf(spec) * sampleRate;
  return hasTempoMap(spec)
    ? varied(spec, { samples, samplesPerQuarter, quarters, samplesPerBar, ringMin })
    : steady(spec, { samples, samplesPerQuarter, quarters, samplesPerBar, ringMin });
};

interface Measures {
  readonly samples: number;
  readonly samplesPerQuarter: number;
  readonly quarters: number;
  readonly samplesPerBar: number;
  readonly ringMin: number;
}

/** Returns whether the piece has no last chord. The bars of such a piece fill its whole length. */
const isOpenEnded = ({ form }: MusicSpec): boolean => form.ending === "fade" || form.ending === "loop";

const ringSecondsOf = (spec: MusicSpec): number =>
  isOpenEnded(spec) ? 0 : spec.form.ending === "stop" ? 1.2 : ringSecondsMin;

const steady = (spec: MusicSpec, measures: Measures): Timing => {
  const { samples, samplesPerQuarter, quarters, samplesPerBar, ringMin } = measures;
  const whole = (samples - ringMin) / samplesPerBar;
  const bars = Math.max(1, isOpenEnded(spec) ? Math.ceil(whole - 0.01) : Math.floor(whole + 1e-6));
  return {
    bars,
    quarters,
    samples,
    ringStart: isOpenEnded(spec) ? samples : Math.round(bars * samplesPerBar),
    barStart: (index) => index * samplesPerBar,
    barAt: (sample) => Math.min(bars, Math.floor(sample / samplesPerBar)),
    quarterIn: () => samplesPerQuarter,
  };
};

/** Returns the timing of a piece whose bars differ in tempo. */
const varied = (spec: MusicSpec, measures: Measures): Timing => {
  const { samples, samplesPerQuarter, quarters, samplesPerBar, ringMin } = measures;
  const startsFor = (bars: number): readonly number[] => {
    const starts = [0];
    for (let bar = 0; bar < bars; bar++)
      starts.push((starts[bar] ?? 0) + samplesPerBar / paceOf(spec, bar, bars));
    return starts;
  };
  const room = samples - ringMin;
  let bars = Math.max(1, Math.floor(room / samplesPerBar) * 2);
  let starts = startsFor(bars);
  while (bars > 1 && (starts[bars] ?? 0) > room) starts = startsFor(--bars);
  if (isOpenEnded(spec) && (starts[bars] ?? 0) < samples) starts = startsFor(++bars);
  return {
    bars,
    quarters,
    samples,
    ringStart: isOpenEnded(spec) ? samples : Math.round(starts[bars] ?? 0),
    barStart: (index) => starts[index] ?? samples,
    barAt: (sample) =>
      Math.max(
        0,
        Math.min(
          bars,
          starts.findLastIndex((start) => start <= sample),
        ),
      ),
    quarterIn: (index) => samplesPerQuarter / paceOf(spec, index, bars),
  };
};

/**
 * Returns a tempo near the requested tempo, in beats per minute. With the returned tempo, complete bars and then the
 * last chord fill exactly the length of the piece. A tempo that gives a multiple of four bars is preferred. If all of
 * these tempos differ too much from the requested tempo (`nudgeMax`), returns the requested tempo.
 */
export const fitTempo = (wanted: number, meter: MeterName, durationSeconds: number): number => {
  const pulses = (quartersOf(meter) * wanted) / quartersPerMinute(wanted, meter);
  const bar = (60 / wanted) * pulses;
  const ring = Math.min(Math.max(1.25 * bar, ringSecondsMin + 0.1), ringSecondsMin + bar * 0.9);
  const candidates: { bpm: number; cost: number }[] = [];
  const around = Math.max(1, Math.round((durationSeconds - ring) / bar));
  for (let bars = Math.max(1, around - 2); bars <= around + 2; bars++) {
    const bpm = (60 * pulses * bars) / (durationSeconds - ring);
    const stretch = Math.abs(Math.log(bpm / wanted));
    if (stretch > nudgeMax) continue;
    candidates.push({ bpm, cost: stretch + (bars % 4 === 0 ? 0 : bars % 2 === 0 ? 0.01 : 0.03) });
  }
  candidates.sort((one, other) => one.cost - other.cost);
  return Math.round((candidates[0]?.bpm ?? wanted) * 1000) / 1000;
};

/** A change of tempo by less than this share is not audible. */
const nudgeMax = 0.045;
