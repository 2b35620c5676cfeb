// Plans the sections of a piece: in the order of its form, or in the order that the prompt asks for.
// The last section that is not an outro, a break or a build is the fullest section: all parts play
// in it, and it is the loudest. The sections of composer version 1 come from `planForm` instead.

import type { MusicSpec } from "../../spec.ts";
import { styleOf } from "../../styles/all-styles.ts";
import type { FormName, Part } from "../../styles/style.ts";
import { everyone, planForm, type Section, type SectionKind } from "./form.ts";
import { meters } from "../time/meter.ts";
import { timingOf } from "../time/timing.ts";

export const sectionsOf = (spec: MusicSpec, bars: number): readonly Section[] => {
  const form = formOf(spec);
  if (spec.composerVersion === 1)
    return planForm(form === "drift" || form === "club" ? form : "song", spec.form, bars);
  const kinds = spec.form.order.length > 0 ? askedSections(spec, bars) : usualSections(spec, form, bars);
  const seen = new Map<SectionKind, number>();
  const lastChorus = kinds.findLastIndex(({ kind }) => kind === "chorus");
  let at = 0;
  return kinds.map(({ kind, bars: length, movement }, index): Section => {
    const occurrence = seen.get(kind) ?? 0;
    seen.set(kind, occurrence + 1);
    const firstBar = at;
    at += length;
    const isFullest = index === lastFullest(kinds);
    const section: Section = {
      kind,
      firstBar,
      bars: length,
      occurrence,
      ...characterOf(spec, kind, occurrence, firstBar / bars),
      ...(isFullest ? { intensity: 0.97, levelDb: 0, parts: new Set(everyone) } : {}),
      movement,
      lift: spec.form.lift !== 0 && lastChorus >= 0 && index >= lastChorus ? spec.form.lift : 0,
    };
    return form === "drift" ? { ...section, levelDb: section.levelDb * 0.3 - 1.2 } : section;
  });
};

/**
 * Whether any section of the piece is transposed. `form.lift` transposes the last chorus and all sections after it. So
 * it has no effect in a piece without a chorus.
 */
export const hasLift = (spec: MusicSpec): boolean =>
  sectionsOf(spec, timingOf(spec).bars).some(({ lift = 0 }) => lift !== 0);

export const formOf = (spec: MusicSpec): FormName => spec.form.name ?? styleOf(spec).form;

interface Slot {
  readonly kind: SectionKind;
  readonly bars: number;
  readonly movement: number;
}

const lastFullest = (kinds: readonly Slot[]): number =>
  kinds.findLastIndex(({ kind }) => kind !== "outro" && kind !== "break" && kind !== "build");

const cycles: Readonly<Record<FormName, readonly SectionKind[]>> = {
  song: ["verse", "chorus", "verse", "chorus", "break", "chorus", "solo", "chorus"],
  drift: ["verse", "chorus", "verse", "break", "chorus"],
  club: ["verse", "build", "chorus", "break", "build", "chorus"],
  ramp: ["verse", "verse", "build", "chorus"],
  twelve: ["verse", "verse", "solo", "chorus"],
  aaba: ["verse", "verse", "chorus", "verse", "solo", "solo", "chorus", "verse"],
  dance: ["verse", "verse", "chorus", "chorus"],
};

/**
 * Each movement except the last lasts at least this many seconds. The first verse after this time
 * begins a new movement, with new chords.
 */
const movementSeconds = 80;

const usualSections = (spec: MusicSpec, form: FormName, bars: number): readonly Slot[] => {
  const { introBars, sectionBars } = spec.form;
  const isLoop = spec.form.ending === "loop";
  const outroBars = isLoop || spec.form.ending !== "ring" || bars < 10 ? 0 : sectionBars >= 8 ? 4 : 2;
  const intro = isLoop ? 0 : Math.min(introBars, Math.max(0, bars - outroBars - 1));
  const cycle = cycleOf(spec, form, bars - intro - outroBars);
  const slots: Slot[] = [];
  if (intro > 0) slots.push({ kind: "intro", bars: intro, movement: 0 });
  const end = bars - outroBars;
  const movementBars = movementSeconds / barSeconds(spec);
  let [at, movement, since] = [intro, 0, intro];
  for (let turn = 0; at < end; turn++) {
    const kind = cycle[turn % cycle.length] ?? "verse";
    if (turn > 0 && kind === "verse" && at - since >= movementBars) [movement, since] = [movement + 1, at];
    const wanted = kind === "break" || kind === "build" ? Math.max(2, sectionBars / 2) : sectionBars;
    const left = end - at;
    const length = left - wanted <= 1 ? left : wanted;
    slots.push({ kind, bars: length, movement });
    at += length;
  }
  endOnTop(slots, form);
  if (outroBars > 0) slots.push({ kind: "outro", bars: bars - at, movement });
  return slots;
};

const barSeconds = (spec: MusicSpec): number => {
  const { steps, pulse } = meters[spec.meter];
  return ((60 / spec.bpm) * steps) / pulse;
};

/**
 * Returns the order of sections, which is repeated until the piece is long enough. `body` is the number of bars without
 * intro and outro.
 * - The form `ramp` has no solo. Its order depends on `body`, so that even a short piece reaches the chorus.
 * - A piece without a solo gets the order of its form in `cycles`, without the solo.
 * - A piece with a solo gets the order verse, solo, chorus if it is short, or if `cycles` lists no solo for its form
 *   (`drift`, `club`, `dance`). Otherwise it gets a longer order with a solo.
 */
const cycleOf = (spec: MusicSpec, form: FormName, body: number): readonly SectionKind[] => {
  const count = Math.max(1, Math.floor(body / spec.form.sectionBars));
  if (form === "ramp") {
    const quiet = Math.max(1, Math.round(count * 0.45));
    return [
      ...Array.from({ length: quiet }, (): SectionKind => "verse"),
      "build",
      ...Array.from({ length: count }, (): SectionKind => "chorus"),
    ];
  }
  const cycle = cycles[form];
  if (spec.form.solo === null) return cycle.filter((kind) => kind !== "solo");
  if (form !== "song") return cycle.includes("solo") && count >= 4 ? cycle : ["verse", "solo", "chorus"];
  return count >= 6
    ? ["verse", "chorus", "verse", "solo", "chorus", "break", "chorus"]
    : ["verse", "solo", "chorus"];
};

/**
 * Changes the last sections before the outro, so that the piece ends with a chorus:
 * - In the forms `song`, `club` and `ramp`, a final break or build and the section before it are joined to one chorus.
 *   If the section before is the intro, only the final section becomes a chorus.
 * - In these three forms, a final verse or solo becomes a chorus. If the section before is a chorus, it becomes a verse
 *   in a piece of more than three sections.
 * - In these three forms, the only section of a piece is not changed if it has at most three bars.
 * - In the form `drift`, a final break becomes a chorus. All other sections stay.
 * - The forms `twelve`, `aaba` and `dance` are not changed.
 */
const endOnTop = (slots: Slot[], form: FormName): void => {
  const ending = slots.at(-1);
  if (form === "drift" && ending?.kind === "break") slots[slots.length - 1] = { ...ending, kind: "chorus" };
  if (form === "drift" || form === "twelve" || form === "aaba" || form === "dance") return;
  const last = slots.at(-1);
  if (last === undefined || last.kind === "chorus" || last.kind === "intro") return;
  const before = slots.at(-2);
  if ((last.kind === "break" || last.kind === "build") && before !== undefined && before.kind !== "intro") {
    slots.splice(-1, 1);
    slots[slots.length - 1] = { ...before, kind: "chorus", bars: before.bars + last.bars };
    return;
  }
  slots[slots.length - 1] = { ...last, kind: slots.length > 1 || last.bars > 3 ? "chorus" : last.kind };
  if (before?.kind === "chorus" && slots.length > 3) slots[slots.length - 2] = { ...before, kind: "verse" };
};

/**
 * Returns the sections in the order that the prompt gave. If the piece is long enough for all
 * sections, the sections fill the piece exactly. In a shorter piece, the last sections are shortened or left out.
 */
const askedSections = (spec: MusicSpec, bars: number): readonly Slot[] => {
  const { order, introBars } = spec.form;
  const lengthsFor = (section: number): number[] =>
    order.map((kind) =>
      kind === "intro"
        ? Math.min(introBars || Math.max(2, section / 2), Math.max(2, bars - 2 * order.length))
        : kind === "verse" || kind === "chorus" || kind === "solo"
          ? section
          : Math.max(2, section / 2),
    );
  const sum = (lengths: readonly number[]): number => lengths.reduce((total, length) => total + length, 0);
  let lengths = [16, 8, 4, 2].map(lengthsFor).find((one) => sum(one) <= bars) ?? lengthsFor(2);
  const growing = order.flatMap((kind, index) => (kind === "chorus" || kind === "verse" ? [index] : []));
  for (let turn = 0; sum(lengths) < bars; turn++) {
    const index = growing[turn % Math.max(1, growing.length)] ?? order.length - 1;
    const add = Math.min(4, bars - sum(lengths));
    lengths = lengths.map((length, place) => (place === index ? length + add : length));
  }
  let at = 0;
  return order.flatMap((kind, index): Slot[] => {
    const length = Math.min(lengths[index] ?? 0, bars - at);
    at += length;
    return length > 0 ? [{ kind, bars: length, movement: 0 }] : [];
  });
};

const without = (...silent: readonly Part[]): ReadonlySet<Part> =>
  new Set(everyone.filter((part) => !silent.includes(part)));

/** In styles with at least this energy, the drums make most of the sound. */
const drivenMin = 0.75;

const characterOf = (
  spec: MusicSpec,
  kind: SectionKind,
  occurrence: number,
  progress: number,
): Pick<Section, "intensity" | "levelDb" | "parts"> => {
  const form = formOf(spec);
  const later = Math.min(occurrence, 3) * 0.05;
  switch (kind) {
    case "intro":
      return {
        intensity: 0.5,
        levelDb: -4,
        parts: form === "club" ? without("lead", "counter", "arp", "bass") : without("lead", "counter"),
      };
    case "verse": {
      if (form === "ramp") {
        const quiet: Part[] =
          progress < 0.15 ? ["arp", "drums", "counter", "pad"] : progress < 0.3 ? ["arp", "counter"] : [];
        return { intensity: 0.4 + progress * 0.6, levelDb: -7 + 8 * progress, parts: without(...quiet) };
      }
      const quiet: Part[] = occurrence === 0 && form === "song" ? ["arp", "pad"] : [];
      return { intensity: 0.58 + later, levelDb: -2, parts: without(...quiet) };
    }
    case "solo":
      return { intensity: 0.76 + later, levelDb: -1, parts: without("pad") };
    case "chorus":
      return { intensity: Math.min(0.97, 0.84 + later), levelDb: 0, parts: without() };
    case "break":
      // In styles with a high energy, a break without drums would be 7 to 12 dB softer than the chorus. So in these
      // styles the break has drums, which play one of the style's sparse grooves.
      if (form !== "club" && styleOf(spec).energy >= drivenMin)
        return { intensity: 0.6, levelDb: -3, parts: without("counter") };
      // A club break has no drums, so the other players are louder.
      return form === "club"
        ? { intensity: 0.85, levelDb: -2, parts: without("drums", "counter") }
        : { intensity: 0.6, levelDb: -3, parts: without("drums", "counter") };
    case "build":
      return { intensity: 0.65 + later, levelDb: -2.5, parts: without("bass", "lead", "counter") };
    case "outro":
      return { intensity: 0.52, levelDb: -3, parts: without("arp", "counter") };
  }
};
