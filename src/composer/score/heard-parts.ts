// Decides which parts play in a bar, and how strongly.
import type { MusicSpec } from "../spec.ts";
import type { Part } from "../styles/style.ts";
import type { Section } from "./form/form.ts";
import { formOf } from "./form/plan-sections.ts";

/**
 * Returns whether a part plays in a bar. The changes in `spec.places` are not taken into account. `place` is the number
 * of the bar in the section, from 0. Parts are added during an intro, and removed during an outro. If
 * `spec.form.opening` names a part, only this part plays at the beginning of the piece. The beginning is the intro. In
 * a piece without an intro, the beginning is the first four bars.
 */
export const isHeard = (spec: MusicSpec, section: Section, place: number, part: Part): boolean => {
  const { opening } = spec.form;
  if (opening !== null && section.firstBar === 0 && (section.kind === "intro" || place < 4))
    return part === opening;
  if (part === "arp" && spec.feel.includes("sparse") && section.kind !== "chorus") return false;
  if (!section.parts.has(part)) return false;
  const isSecondHalf = place >= section.bars / 2;
  if (section.kind === "intro") {
    const isEarly = part === "drums" && formOf(spec) === "club";
    return isEarly || isSecondHalf || part === "chords" || part === "pad";
  }
  if (section.kind === "outro" && part === "lead") return !isSecondHalf;
  if (section.kind === "outro" && part === "drums") return place < section.bars - 1;
  if (section.kind === "break" && part === "lead") return spec.energy < 0.5 || isSecondHalf;
  return true;
};

/**
 * Returns how strongly a bar is played, as a number from 0.2 to 1. If `change` is positive, the number can be up to
 * 1.25. The strength is the section's intensity, adjusted by the piece's energy and by `change`. `change` is the sum of
 * the `energy` of all changes in `spec.places` that apply to this bar. The strength rises clearly during an intro or a
 * build-up, falls during an outro, and rises slightly during each other section.
 */
export const strengthOf = (spec: MusicSpec, section: Section, place: number, change: number): number => {
  const progress = section.bars > 1 ? place / (section.bars - 1) : 0;
  const rise = section.kind === "build" || section.kind === "intro" ? 0.18 * progress : 0.04 * progress;
  const fall = section.kind === "outro" ? -0.15 * progress : 0;
  const reach = spec.composerVersion === 1 ? 0.25 : 0.5;
  return Math.min(
    change > 0 ? 1.25 : 1,
    Math.max(0.2, section.intensity + rise + fall + (spec.energy - 0.5) * reach + change),
  );
};
