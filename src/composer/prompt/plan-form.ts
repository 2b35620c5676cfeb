// Plans the form that a prompt asks for: the order of sections, a solo, an opening and an ending.

import type { InstrumentName } from "../instruments.ts";
import { fitForm, type SectionKind } from "../score/form/form.ts";
import { formOf, hasLift, sectionsOf } from "../score/form/plan-sections.ts";
import { hasSolo, withSolo } from "../score/form/with-solo.ts";
import { timingOf } from "../score/time/timing.ts";
import { type MusicSpec, usualForm } from "../spec.ts";
import { styles } from "../styles/all-styles.ts";
import { type Part, pitchedParts } from "../styles/style.ts";
import { familyOf } from "./instrument-roles.ts";
import type { Reading, Wish, WordWish } from "./reading.ts";
import type { Report } from "./report.ts";

type Form = MusicSpec["form"];

export const endingOf = ({ wishes }: Reading): Form["ending"] => {
  const asked = wishes.find(
    (wish) =>
      wish.kind === "forms" &&
      !wish.isNegated &&
      (wish.id === "fade" || wish.id === "stop" || wish.id === "loop"),
  );
  return asked?.kind === "forms" ? (asked.id as Form["ending"]) : "ring";
};

export const planForm = (spec: MusicSpec, reading: Reading, report: Report): Form => {
  const words = reading.wishes.filter((wish): wish is WordWish => "id" in wish);
  const name = nameOf(spec, words);
  const bars = timingOf({ ...spec, form: { ...spec.form, ending: endingOf(reading) } }).bars;
  const fitted = fitForm(name ?? styles[spec.style].form, bars);
  let form: Form = { ...usualForm, ...fitted, name, ending: endingOf(reading) };
  if (form.sectionBars === 12 && bars < 12) form = { ...form, sectionBars: 4 };
  // A piece in the 12-bar form consists of an intro, complete choruses of twelve bars, and an ending of four bars. The
  // piece gets as many choruses as possible, and the intro gets at most the bars that are left.
  else if (form.sectionBars === 12)
    form = { ...form, introBars: Math.min(form.introBars, Math.max(0, (bars - 4) % 12)) };
  form = { ...form, ...openingOf(spec, words, report), ...soloOf(spec, words, report) };
  if (form.opening !== null && form.introBars < 4)
    form = { ...form, introBars: Math.min(4, Math.max(2, Math.floor(bars / 4))) };
  const intro = reading.wishes.find((wish) => wish.kind === "bars" && wish.section === "intro");
  if (intro?.kind === "bars")
    form = { ...form, introBars: Math.min(32, Math.max(1, Math.min(intro.bars, bars - 4))) };
  if (words.some(({ kind, id, isNegated }) => kind === "sections" && id === "intro" && isNegated))
    form = { ...form, introBars: 0 };
  else if (
    form.introBars === 0 &&
    bars >= 9 &&
    words.some(({ kind, id, isNegated }) => kind === "sections" && id === "intro" && !isNegated)
  )
    form = { ...form, introBars: 2 };
  if (words.some(({ kind, id, isNegated }) => kind === "forms" && id === "lift" && !isNegated))
    form = { ...form, lift: 2 };
  form = { ...form, order: orderOf(reading.wishes, form, bars) };
  form = withMissing({ ...spec, form }, words);
  form = withSolo({ ...spec, form });
  reportForm({ ...spec, form }, reading.wishes, report);
  return form;
};

const nameOf = (spec: MusicSpec, words: readonly WordWish[]): Form["name"] => {
  const has = (kind: string, id: string): boolean =>
    words.some((wish) => wish.kind === kind && wish.id === id && !wish.isNegated);
  if (has("forms", "twelve")) return "twelve";
  if (has("forms", "aaba")) return "aaba";
  if (has("forms", "ramp")) return "ramp";
  const own = styles[spec.style].form;
  if (has("sections", "build") && own !== "club") return "ramp";
  const wantsBreak =
    has("sections", "break") || has("sections", "chorus") || has("sections", "verse") || has("forms", "lift");
  if (wantsBreak && (own === "dance" || own === "aaba" || own === "drift")) return "song";
  return null;
};

/**
 * If the usual form lacks a requested section, returns the form with an order of sections: a verse and
 * two choruses, a break or a build if the prompt asks for it, and a solo, an intro or an outro if the
 * form already has it. Returns the form unchanged if no section is missing, if the form has a name or
 * an order, if it is a loop, or if the piece has fewer than ten bars.
 */
const withMissing = (spec: MusicSpec, words: readonly WordWish[]): Form => {
  const { form } = spec;
  const { bars } = timingOf(spec);
  if (form.order.length > 0 || form.name !== null || form.ending === "loop" || bars < 10) return form;
  const kinds = new Set(sectionsOf(spec, bars).map(({ kind }) => kind));
  const missing = words.some(
    ({ kind, id, isNegated }) =>
      kind === "sections" && !isNegated && id !== "solo" && !kinds.has(id as SectionKind),
  );
  if (!missing) return form;
  const has = (id: string): boolean =>
    words.some((wish) => wish.kind === "sections" && wish.id === id && !wish.isNegated);
  const order: Form["order"] = [
    ...(form.introBars > 0 ? ["intro" as const] : []),
    "verse",
    "chorus",
    ...(form.solo === null ? [] : ["solo" as const]),
    ...(has("break") ? ["break" as const] : []),
    ...(has("build") ? ["build" as const] : []),
    "chorus",
    ...(form.ending === "ring" ? ["outro" as const] : []),
  ];
  return { ...form, order };
};

/**
 * Returns the sections in the order in which the prompt names them, at most 24. If the form has an intro, the intro
 * comes first, even if the prompt names another section first. Returns an empty list if the prompt names fewer than
 * three different sections, or if the piece has fewer than two bars for each section. A section that is named twice
 * counts as two.
 */
const orderOf = (wishes: readonly Wish[], form: Form, bars: number): Form["order"] => {
  const kinds = wishes.flatMap((wish): SectionKind[] => {
    if (wish.isNegated) return [];
    if (wish.kind === "bars") return [wish.section as SectionKind];
    return wish.kind === "sections" && !(wish.id === "solo" && form.solo === null)
      ? [wish.id as SectionKind]
      : [];
  });
  if (kinds.length < 3 || new Set(kinds).size < 3 || bars < kinds.length * 2) return [];
  const order = kinds[0] !== "intro" && form.introBars > 0 ? ["intro" as const, ...kinds] : kinds;
  return order.slice(0, 24);
};

const partWith = (spec: MusicSpec, names: readonly InstrumentName[]): Part | undefined =>
  (["lead", "counter", "chords", "arp", "bass", "pad"] as const).find((part) => {
    const name = spec.parts[part];
    return name !== null && names.includes(name);
  });

/**
 * Returns the part that plays an instrument that the prompt names between the word `from` (included) and the word `to`
 * (excluded). If these words name several instruments, `which` chooses the first or the last one. Returns undefined if
 * they name no instrument, or if no part plays it.
 */
const playerNear = (
  spec: MusicSpec,
  words: readonly WordWish[],
  from: number,
  to: number,
  which: "first" | "last" = "first",
): Part | undefined => {
  const inOrder = which === "first" ? words : words.toReversed();
  const wish = inOrder.find(
    ({ kind, at, isNegated }) =>
      !isNegated &&
      at >= from &&
      at < to &&
      (kind === "instruments" || kind === "nearInstruments" || kind === "percussion"),
  );
  if (wish === undefined) {
    const isDrums = words.some(
      ({ kind, id, at }) => kind === "parts" && id === "drums" && at >= from && at < to,
    );
    return isDrums && spec.parts.drums !== null ? "drums" : undefined;
  }
  return wish.kind === "percussion"
    ? "drums"
    : partWith(spec, familyOf(wish.id as InstrumentName, wish.typed));
};

const openingOf = (spec: MusicSpec, words: readonly WordWish[], report: Report): Partial<Form> => {
  const wish = words.find(({ kind, id, isNegated }) => kind === "forms" && id === "opening" && !isNegated);
  if (wish === undefined) return {};
  const opening = playerNear(spec, words, wish.at, wish.at + wish.count + 6);
  if (opening === undefined) report.refused(wish);
  else report.done(wish, `begins with ${describe(spec, opening)} alone`);
  return opening === undefined ? {} : { opening };
};

const soloOf = (spec: MusicSpec, words: readonly WordWish[], report: Report): Partial<Form> => {
  const wish = words.find(({ kind, id, isNegated }) => kind === "sections" && id === "solo" && !isNegated);
  if (wish === undefined) return {};
  const isAlone =
    pitchedParts.filter((part) => spec.parts[part] !== null && spec.parts[part] !== spec.parts.lead)
      .length === 0;
  if (isAlone) {
    report.done(wish, `solo ${describe(spec, "lead")}`);
    return {};
  }
  const solo =
    playerNear(spec, words, wish.at - 2, wish.at, "last") ??
    playerNear(spec, words, wish.at, wish.at + 5) ??
    "lead";
  if (solo === "drums" || solo === "bass") {
    report.refused(wish);
    return {};
  }
  report.done(wish, `a solo on the ${describe(spec, solo)}`);
  return { solo };
};

const describe = (spec: MusicSpec, part: Part): string =>
  part === "drums" ? "drums" : (spec.parts[part] ?? part);

/**
 * Reports each wish for a section or a form as fulfilled or refused. A wish for a solo was already reported by
 * `soloOf`. If the piece has no section for the planned solo, the wish is reported again, as refused.
 */
const reportForm = (spec: MusicSpec, wishes: readonly Wish[], report: Report): void => {
  const sections = sectionsOf(spec, timingOf(spec).bars);
  const kinds = new Set(sections.map(({ kind }) => kind));
  for (const wish of wishes) {
    if (wish.kind === "bars") {
      const isKept = sections.some(({ kind, bars }) => kind === wish.section && bars === wish.bars);
      if (isKept && !wish.isNegated) report.done(wish, `${wish.section} of ${wish.bars} bars`);
      else report.refused(wish);
    } else if (wish.kind === "sections" && wish.id !== "solo") {
      const isThere = kinds.has(wish.id as SectionKind) || (wish.id === "chorus" && formOf(spec) === "aaba");
      if (isThere !== wish.isNegated)
        report.done(
          wish,
          wish.isNegated ? `without ${wish.typed.toLowerCase()}` : sectionNames[wish.id as SectionKind],
        );
      else report.refused(wish);
    } else if (wish.kind === "sections" && wish.isNegated) {
      report.done(wish, "without a solo");
    } else if (wish.kind === "sections" && spec.form.solo !== null && !hasSolo(spec)) {
      report.refused(wish);
    } else if (wish.kind === "forms") reportWord(spec, wish, report);
  }
};

const sectionNames: Readonly<Record<SectionKind, string>> = {
  intro: "intro",
  verse: "verse",
  chorus: "chorus",
  break: "break",
  build: "build-up",
  solo: "solo",
  outro: "outro",
};

const reportWord = (spec: MusicSpec, wish: WordWish, report: Report): void => {
  if (report.isSettled(wish)) return;
  const { form } = spec;
  const phrases: Readonly<Record<string, string | undefined>> = {
    fade: form.ending === "fade" ? "fades out" : undefined,
    stop: form.ending === "stop" ? "stops at once" : undefined,
    loop: form.ending === "loop" ? "loops without a seam" : undefined,
    ring: form.ending === "ring" ? "a last chord that rings" : undefined,
    twelve: form.name === "twelve" ? "12-bar form" : undefined,
    aaba: form.name === "aaba" ? "AABA form" : undefined,
    ramp: form.name === "ramp" ? "builds to a climax" : undefined,
    lift: hasLift(spec) ? "key change before the end" : undefined,
    middle: hasSolo(spec) ? "" : undefined,
    closing: form.ending !== "ring" ? "" : undefined,
  };
  const phrase = phrases[wish.id];
  if (wish.isNegated) {
    if (phrase === undefined) report.done(wish, `no ${wish.typed.toLowerCase()}`);
    else report.refused(wish);
  } else if (phrase === undefined) report.refused(wish);
  else report.done(wish, phrase);
};
