// Describes the plan of a piece in words for people: style, tempo, key, meter, instruments and
// sections.

import { instruments } from "./instruments.ts";
import { drumLaneName, nameOfKey } from "./prompt/names.ts";
import { sectionsOf } from "./score/form/plan-sections.ts";
import { timingOf } from "./score/time/timing.ts";
import { type MusicSpec, tonics } from "./spec.ts";
import { styleOf } from "./styles/all-styles.ts";
import { parts } from "./styles/style.ts";

export interface PlanWords {
  readonly composerVersion: number;
  readonly style: string;
  /** Beats per minute, rounded. */
  readonly bpm: number;
  /** The key, such as "F# minor" or "D dorian". */
  readonly key: string;
  /** The meter, such as "6/8". */
  readonly meter: string;
  /** The swing: from 0 (straight) to 1 (a full triplet). */
  readonly swing: number;
  readonly mood: readonly string[];
  readonly instruments: readonly string[];
  readonly textures: readonly string[];
  /** The names of the sections in order. */
  readonly form: readonly string[];
  /** The length of the piece. Absent for an endless piece, which plays until it is stopped. */
  readonly durationSeconds?: number;
}

export const planWordsOf = (spec: MusicSpec, mood: readonly string[] = []): PlanWords => ({
  composerVersion: spec.composerVersion,
  style: styleOf(spec).label,
  bpm: Math.round(spec.bpm),
  key: nameOfKey(soundingTonic(spec), spec.mode),
  meter: spec.meter,
  swing: spec.swing,
  mood,
  instruments: playersOf(spec),
  textures: Object.entries(spec.textures).flatMap(([name, level]) => (level > 0 ? [name] : [])),
  form: sectionsOf(spec, timingOf(spec).bars).map(({ kind }) => kind),
  ...(spec.endlessSeconds === undefined ? { durationSeconds: spec.durationSeconds } : {}),
});

/** Returns the tonic that sounds after the transposition. */
export const soundingTonic = ({
  tonic,
  transpose,
}: Pick<MusicSpec, "tonic" | "transpose">): MusicSpec["tonic"] =>
  tonics[(((tonics.indexOf(tonic) + transpose) % 12) + 12) % 12] ?? tonic;

/** The name under which each drum kit appears in the list of instruments. */
export const kitNames = {
  standard: "drums",
  room: "drums",
  electronic: "drum machine",
  brushes: "drums with brushes",
} as const;

const playersOf = (spec: MusicSpec): readonly string[] => {
  const names = new Set<string>();
  for (const part of parts) {
    if (part === "drums") {
      if (spec.parts.drums !== null && !spec.feel.includes("hand-drums"))
        names.add(kitNames[spec.parts.drums]);
    } else {
      const name = spec.parts[part];
      if (name !== null) names.add(instruments[name].label);
    }
  }
  if (spec.parts.drums !== null) for (const lane of spec.percussion) names.add(drumLaneName(lane));
  return [...names];
};
