// Composes the drums of a bar. Usually a bar has the groove of its section, and the last bar of a section has a fill
// instead. Each chorus and each verse starts with a crash, except a verse that begins the piece. A build-up has a snare
// roll instead of a groove. A piece with the feel "hand-drums" has only its extra percussion.

import { createRandom, type Random } from "../../random.ts";
import type { MusicSpec } from "../../spec.ts";
import { styleOf } from "../../styles/all-styles.ts";
import type { DrumLane, Groove } from "../../styles/style.ts";
import { withFeel } from "./drum-feel.ts";
import type { Section } from "../form/form.ts";
import { fitPattern, meters } from "../time/meter.ts";
import { stepsOf } from "./pattern.ts";
import { percussionSteps } from "./percussion.ts";

export interface DrumHit {
  readonly lane: DrumLane;
  /** The position in sixteenths from the bar's beginning. */
  readonly at: number;
  /** The strength, from 0 to 1. */
  readonly force: number;
}

/** `bar` counts from 0 in each section. The hits are not sorted by time. */
export const composeDrums = (spec: MusicSpec, section: Section, bar: number): readonly DrumHit[] => {
  const random = createRandom(spec.seed, "drums", section.firstBar + bar);
  const percussion = percussionHits(spec, section, bar);
  if (spec.feel.includes("hand-drums")) return percussion;
  if (section.kind === "build") return [...rollUp(spec, section, bar), ...percussion];
  const hits = [...hitsOf(grooveOf(spec, section, bar), meters[spec.meter].steps, random), ...percussion];
  const opens =
    bar === 0 && (section.kind === "chorus" || (section.kind === "verse" && section.firstBar > 0));
  if (!opens) return hits;
  return [{ lane: "crash", at: 0, force: section.kind === "chorus" ? 0.8 : 0.5 }, ...hits];
};

const grooveOf = (spec: MusicSpec, section: Section, bar: number): Groove => {
  const groove = homeGrooveOf(spec, section, bar);
  if (spec.composerVersion === 1) return groove;
  const style = styleOf(spec);
  const fitted = Object.fromEntries(
    Object.entries(groove).map(([lane, pattern]) => [lane, fitPattern(pattern, style.meter, spec.meter)]),
  );
  return withFeel(spec, fitted, section, bar);
};

const homeGrooveOf = (spec: MusicSpec, section: Section, bar: number): Groove => {
  const book = styleOf(spec).drums;
  const isLast = bar === section.bars - 1;
  const random = createRandom(spec.seed, "groove", section.kind);
  if (section.kind === "outro") return isLast ? {} : random.pick(book.sparse);
  if (isLast && section.bars > 1 && section.kind !== "intro") {
    return createRandom(spec.seed, "fill", section.firstBar).pick(book.fill);
  }
  if (section.kind === "intro" || section.kind === "break") return random.pick(book.sparse);
  const grooves = section.kind === "chorus" || section.kind === "solo" ? book.lift : book.groove;
  const home = random.pick(grooves);
  // If the style has several grooves for this kind of section, every fourth bar uses another groove.
  const others = grooves.filter((groove) => groove !== home);
  return bar % 4 === 3 && others.length > 0 ? random.pick(others) : home;
};

const hitsOf = (groove: Groove, sixteenths: number, random: Random): readonly DrumHit[] =>
  Object.entries(groove).flatMap(([lane, pattern]) =>
    stepsOf(pattern, sixteenths).flatMap(({ at, symbol }): readonly DrumHit[] => {
      if (symbol === "?" && !random.chance(0.4)) return [];
      if (symbol === "r")
        return [0, 1 / 3, 2 / 3].map((late) => ({
          lane: lane as DrumLane,
          at: at + late,
          force: 0.5 + late * 0.3,
        }));
      return [{ lane: lane as DrumLane, at, force: forces[symbol] ?? 0.7 }];
    }),
  );

const forces: Readonly<Record<string, number>> = { X: 1, x: 0.78, o: 0.42, "?": 0.5 };

/** Composes the extra percussion, which is softer in breaks and outros. */
const percussionHits = (spec: MusicSpec, section: Section, bar: number): readonly DrumHit[] => {
  if (spec.percussion.length === 0) return [];
  const softer = section.kind === "break" || section.kind === "outro" ? 0.7 : 0.9;
  return percussionSteps(spec, bar).map(({ lane, at, symbol }) => ({
    lane,
    at,
    force: (forces[symbol] ?? 0.7) * softer,
  }));
};

/**
 * Composes a bar of a build-up. The snare gets louder and faster: it plays quarter notes in the first half of the
 * section, then eighth notes, and sixteenth notes in the last quarter of the section. The kick plays quarter notes, but
 * not in the last quarter of the section.
 */
const rollUp = (spec: MusicSpec, section: Section, bar: number): readonly DrumHit[] => {
  const progress = (bar + 1) / section.bars;
  const sixteenths = meters[spec.meter].steps;
  const every = progress > 0.75 ? 1 : progress > 0.5 ? 2 : 4;
  const hits: DrumHit[] = [];
  for (let at = 0; at < sixteenths; at += 4)
    if (progress <= 0.75) hits.push({ lane: "kick", at, force: 0.85 });
  for (let at = 0; at < sixteenths; at += every) {
    const within = (bar + at / sixteenths) / section.bars;
    hits.push({ lane: "snare", at, force: 0.3 + 0.55 * within });
  }
  return hits;
};
