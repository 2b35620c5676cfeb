// The positions of a piece's bars in time: whole bars, then a last chord that rings to the exact
// end.

import type { MusicSpec } from "../spec.ts";
import { sampleRate, samplesOf } from "../spec.ts";

/** The last chord needs this long to ring and fade. */
const ringSecondsMin = 2.4;

export interface Timing {
  /** The number of bars before the last chord. */
  readonly bars: number;
  readonly meter: number;
  readonly samplesPerBeat: number;
  readonly samplesPerBar: number;
  readonly samples: number;
  /** The sample at which the last chord begins. */
  readonly ringStart: number;
}

export const timingOf = (spec: MusicSpec): Timing => {
  const samples = samplesOf(spec);
  const samplesPerBeat = (60 / spec.bpm) * sampleRate;
  const samplesPerBar = samplesPerBeat * spec.meter;
  const bars = Math.max(1, Math.floor((samples - ringSecondsMin * sampleRate) / samplesPerBar + 1e-6));
  return {
    bars,
    meter: spec.meter,
    samplesPerBeat,
    samplesPerBar,
    samples,
    ringStart: Math.round(bars * samplesPerBar),
  };
};

/** A tempo near the wanted one at which the bars leave enough time for the last chord. */
export const fitTempo = (wanted: number, meter: number, durationSeconds: number): number => {
  const bar = (60 / wanted) * meter;
  const ring = Math.min(Math.max(1.25 * bar, ringSecondsMin + 0.1), ringSecondsMin + bar * 0.9);
  const candidates: { bpm: number; cost: number }[] = [];
  const around = Math.max(1, Math.round((durationSeconds - ring) / bar));
  for (let bars = Math.max(1, around - 2); bars <= around + 2; bars++) {
    const bpm = (60 * meter * bars) / (durationSeconds - ring);
    const stretch = Math.abs(Math.log(bpm / wanted));
    if (stretch > nudgeMax) continue;
    candidates.push({ bpm, cost: stretch + (bars % 4 === 0 ? 0 : bars % 2 === 0 ? 0.01 : 0.03) });
  }
  candidates.sort((one, other) => one.cost - other.cost);
  return Math.round((candidates[0]?.bpm ?? wanted) * 1000) / 1000;
};

/** A change of tempo below this is not audible. */
const nudgeMax = 0.045;
