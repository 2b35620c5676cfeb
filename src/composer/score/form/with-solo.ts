// Adds a section for the solo to a form whose usual sections contain none.

import type { MusicSpec } from "../../spec.ts";
import { timingOf } from "../time/timing.ts";
import type { SectionKind } from "./form.ts";
import { formOf, sectionsOf } from "./plan-sections.ts";

/** The maximum number of sections in `form.order`. */
const orderMax = 24;

/** Whether the piece has a solo section, in which the part `form.solo` plays the solo. */
export const hasSolo = (spec: MusicSpec): boolean =>
  spec.form.solo !== null && sectionsOf(spec, timingOf(spec).bars).some(({ kind }) => kind === "solo");

/**
 * Returns the form of the piece, with a solo section if `form.solo` asks for a solo and the piece has none. The solo is
 * added before the last build. If the piece has no build, the solo is added before the last chorus. No solo is added in
 * these cases:
 * - The form is a loop, a form that was asked for by name, or a form of twelve bars.
 * - The piece has no build and no chorus.
 * - With the solo, the piece would have more than `orderMax` sections, or fewer than two bars for each section.
 */
export const withSolo = (spec: MusicSpec): MusicSpec["form"] => {
  const { form } = spec;
  if (form.solo === null || form.name !== null || form.ending === "loop" || formOf(spec) === "twelve")
    return form;
  const { bars } = timingOf(spec);
  const kinds = sectionsOf(spec, bars)
    .map(({ kind }) => kind)
    // If the order already has `orderMax` sections, neighbours of the same kind become one longer section, which makes
    // room for the solo.
    .filter((kind, index, all) => all.length < orderMax || kind !== all[index - 1]);
  const top = kinds.lastIndexOf(kinds.includes("build") ? "build" : "chorus");
  const order: SectionKind[] = kinds.toSpliced(top, 0, "solo");
  const isPossible = top >= 0 && order.length <= orderMax && order.length * 2 <= bars;
  return kinds.includes("solo") || !isPossible ? form : { ...form, order };
};
