// Turns a spec into a score: sections, and the notes of each part in each bar. Bars can be requested in any order.
import type { MusicSpec } from "../spec.ts";
import { type Bar, playBar } from "./bar.ts";
import type { Section } from "./form/form.ts";
import { sectionsOf } from "./form/plan-sections.ts";
import { homeOf } from "./harmony/harmony.ts";
import { lastBar } from "./last-bar.ts";
import { pitched } from "./pitch-shift.ts";
import { type Sketch, sketchSection } from "./sketch.ts";
import { type Timing, timingOf } from "./time/timing.ts";

export interface Piece {
  readonly spec: MusicSpec;
  readonly timing: Timing;
  readonly sections: readonly Section[];
  /** Returns the bar with this index, from 0. The bar with the index `timing.bars` contains the last chord. */
  barOf(index: number): Bar;
  /** Returns the section of the bar with this index. For a negative index, throws RangeError. */
  sectionOf(index: number): Section;
}

export const composePiece = (spec: MusicSpec): Piece => {
  const timing = timingOf(spec);
  const sections = sectionsOf(spec, timing.bars);
  const sketches = new Map<Section, Sketch>();
  const sketchOf = (section: Section): Sketch => {
    const known = sketches.get(section);
    if (known !== undefined) return known;
    const sketch = sketchSection(spec, section);
    sketches.set(section, sketch);
    return sketch;
  };
  const sectionOf = (index: number): Section => {
    const section = sections.findLast(({ firstBar }) => firstBar <= index);
    if (section === undefined) throw new RangeError(`There is no bar ${index}.`);
    return section;
  };
  return {
    spec,
    timing,
    sections,
    sectionOf,
    barOf: (index) => {
      const section = sectionOf(index);
      if (index >= timing.bars)
        return pitched(spec, sections, timing, lastBar(spec, timing, section, sketchOf(section)));
      const next = index + 1 < timing.bars ? sectionOf(index + 1) : undefined;
      const following =
        next === undefined
          ? homeOf(spec)
          : (sketchOf(next).harmony[index + 1 - next.firstBar] ?? homeOf(spec));
      return pitched(
        spec,
        sections,
        timing,
        playBar({ spec, timing, sections }, section, sketchOf(section), index, following),
      );
    },
  };
};
