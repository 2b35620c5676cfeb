// Chooses the sections of the pieces that composer version 1 makes. Computes section lengths for the pieces of all
// composer versions.

import type { FormName, Part } from "../../styles/style.ts";

export const sectionKinds = ["intro", "verse", "chorus", "break", "build", "solo", "outro"] as const;

export type SectionKind = (typeof sectionKinds)[number];

export interface Section {
  readonly kind: SectionKind;
  readonly firstBar: number;
  readonly bars: number;
  /** The number of earlier sections of this kind, such as 1 for the second chorus. */
  readonly occurrence: number;
  /** How strongly the instruments play, from 0 to 1. */
  readonly intensity: number;
  /** The level in decibels relative to the chorus of a song, such as -4 for an intro. */
  readonly levelDb: number;
  readonly parts: ReadonlySet<Part>;
  /** The number of the movement. Later movements of a long piece have different material. */
  readonly movement?: number;
  /** The number of semitones by which this section is transposed; negative if it is lower. */
  readonly lift?: number;
}

export interface FormLengths {
  readonly introBars: number;
  readonly sectionBars: 2 | 4 | 8 | 12;
}

/**
 * Plans the sections from the beginning of the piece. So with the same `lengths`, a longer piece begins with the same
 * sections as a shorter one. One section can differ in length: the last section that the shorter piece has before its
 * outro.
 */
export const planForm = (form: FirstForm, lengths: FormLengths, bars: number): readonly Section[] => {
  const sections: Section[] = [];
  const seen = new Map<SectionKind, number>();
  let at = 0;
  const add = (kind: SectionKind, length: number): void => {
    if (length <= 0) return;
    const occurrence = seen.get(kind) ?? 0;
    seen.set(kind, occurrence + 1);
    const character = characterOf(form, kind, occurrence);
    sections.push({
      kind,
      firstBar: at,
      bars: length,
      occurrence,
      ...character,
      // A piece with the form "drift" hardly rises or falls, so its sections differ less in loudness.
      levelDb: form === "drift" ? character.levelDb * 0.3 - 1.2 : character.levelDb,
    });
    at += length;
  };
  const outroBars = outroBarsOf(lengths, bars);
  const bodyEnd = bars - outroBars;
  add("intro", Math.min(lengths.introBars, Math.max(0, bodyEnd - 1)));
  for (let turn = 0; at < bodyEnd; turn++) {
    const kind = cycles[form][turn % cycles[form].length] ?? "verse";
    const wanted = lengthOf(kind, lengths.sectionBars);
    const left = bodyEnd - at;
    // A single remaining bar does not become a separate section, but is added to this section.
    add(kind, left - wanted <= 1 ? left : wanted);
  }
  add("outro", bars - at);
  return sections;
};

/**
 * Returns section lengths for a piece of this many bars. The form and the number of bars determine the length of a
 * section. The length of the intro is chosen from a few lengths, so that the bars between intro and outro can be
 * divided into half sections with as few bars left over as possible.
 */
export const fitForm = (form: FormName, bars: number): FormLengths => {
  const sectionBars = form === "twelve" ? 12 : bars >= 26 ? 8 : bars >= 7 ? 4 : 2;
  const intros = bars < 9 ? [0] : bars < 14 ? [0, 1, 2] : form === "club" ? [4, 2, 8] : [2, 4, 1];
  const body = (introBars: number): number =>
    bars - introBars - outroBarsOf({ introBars, sectionBars }, bars);
  const rest = (introBars: number): number => {
    const half = Math.max(1, sectionBars / 2);
    return body(introBars) % half;
  };
  const best = intros.reduce((one, other) => (rest(other) < rest(one) ? other : one));
  return { introBars: best, sectionBars };
};

const outroBarsOf = ({ sectionBars }: FormLengths, bars: number): number => {
  if (bars < 10) return 0;
  return sectionBars === 8 ? 4 : 2;
};

const lengthOf = (kind: SectionKind, sectionBars: number): number =>
  kind === "break" || kind === "build" ? Math.max(2, sectionBars / 2) : sectionBars;

/** The forms that composer version 1 knows. */
type FirstForm = Extract<FormName, "song" | "drift" | "club">;

const cycles: Readonly<Record<FirstForm, readonly SectionKind[]>> = {
  song: ["verse", "chorus", "verse", "chorus", "break", "chorus"],
  drift: ["verse", "chorus", "verse", "break", "chorus"],
  club: ["verse", "build", "chorus", "break", "build", "chorus"],
};

export const everyone: readonly Part[] = ["chords", "bass", "lead", "counter", "pad", "arp", "drums"];

const characterOf = (
  form: FormName,
  kind: SectionKind,
  occurrence: number,
): Pick<Section, "intensity" | "levelDb" | "parts"> => {
  const later = Math.min(occurrence, 2) * 0.05;
  const without = (...silent: readonly Part[]): ReadonlySet<Part> =>
    new Set(everyone.filter((part) => !silent.includes(part)));
  switch (kind) {
    case "intro":
      return {
        intensity: 0.5,
        levelDb: -4,
        parts: form === "club" ? without("lead", "arp", "bass") : without("lead"),
      };
    case "verse": {
      const quiet: Part[] = occurrence === 0 && form !== "drift" ? ["arp", "pad"] : [];
      return { intensity: 0.58 + later, levelDb: -2, parts: without(...quiet) };
    }
    case "solo":
    case "chorus":
      return { intensity: 0.88 + later, levelDb: 0, parts: without() };
    case "break":
      return { intensity: 0.62, levelDb: -4, parts: without("bass", "drums") };
    case "build":
      return { intensity: 0.65 + later, levelDb: -2.5, parts: without("bass", "lead") };
    case "outro":
      return { intensity: 0.52, levelDb: -3, parts: without("arp") };
  }
};
