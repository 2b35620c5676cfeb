// Replaces a pattern of chords or bass if the piece has a feel with its own pattern, such as a skank, a montuno or a
// drone. The feels of a piece come from the prompt or the style.
import type { MusicSpec } from "../../spec.ts";
import { fitPattern, meters } from "../time/meter.ts";

/**
 * Returns the pattern of the chords. The feels "skank", "montuno" and "arpeggio" have patterns of their own. If the
 * piece has one of these feels, returns the pattern of this feel. If the piece has several of them, "skank" comes
 * before "montuno", and "montuno" before "arpeggio". If the piece has none of them, returns `pattern`.
 */
export const compingOf = (spec: MusicSpec, pattern: string): string => {
  const asked = spec.feel.includes("skank")
    ? skank
    : spec.feel.includes("montuno")
      ? montuno
      : spec.feel.includes("arpeggio")
        ? broken
        : undefined;
  return asked === undefined ? pattern : fitPattern(asked, "4/4", spec.meter);
};

const skank = "..x...x...x...x.";
const montuno = "x.1x.2x.1x.2x.3.";
const broken = "1-2-3-4-3-2-3-2-";

/**
 * Returns the pattern of the bass, as degrees of the chord; `w` is a note of a walking bass. If the piece has the feels
 * "walking-bass" and "drone", the walking bass counts.
 */
export const bassPatternOf = (spec: MusicSpec, pattern: string): string => {
  const { steps } = meters[spec.meter];
  if (spec.feel.includes("walking-bass")) return "w---".repeat(Math.ceil(steps / 4)).slice(0, steps);
  return spec.feel.includes("drone") ? `1${"-".repeat(steps - 1)}` : pattern;
};

/** Returns the pattern with a note on the bar's first beat, and with held notes instead of rests. */
export const sustained = (pattern: string): string => {
  const first = [...pattern].find((symbol) => symbol !== "." && symbol !== "-") ?? "x";
  return first + pattern.slice(1).replaceAll(".", "-");
};
