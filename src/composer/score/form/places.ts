// Finds the changes that apply to a bar, such as "without drums in the verse" or "calmer after 15 seconds".

import { type MusicSpec, type PlaceChange, sampleRate } from "../../spec.ts";
import type { Part } from "../../styles/style.ts";
import type { Section } from "./form.ts";
import type { Timing } from "../time/timing.ts";

/**
 * Returns the changes in the order of the spec. `index` counts the bars of the piece from 0, and
 * `sections` must be in order. A change "before" an instant applies to the bars that start more than
 * half a second before this instant, and a change "after" the instant applies to all other bars.
 */
export const changesAt = (
  spec: MusicSpec,
  sections: readonly Section[],
  timing: Timing,
  index: number,
): readonly PlaceChange[] =>
  spec.places.length === 0 ? [] : spec.places.filter((place) => isThere(place, sections, timing, index));

export const isSilenced = (changes: readonly PlaceChange[], part: Part): boolean =>
  changes.some(({ silent }) => silent.includes(part));

const isThere = (
  place: PlaceChange,
  sections: readonly Section[],
  timing: Timing,
  index: number,
): boolean => {
  const at = sections.findLastIndex(({ firstBar }) => firstBar <= index);
  const section = sections[at];
  if (section === undefined) return false;
  const choruses = sections.flatMap(({ kind }, place) => (kind === "chorus" ? [place] : []));
  const seconds = timing.barStart(index) / sampleRate;
  switch (place.where) {
    case "first verse":
      return section.kind === "verse" && section.occurrence === 0;
    case "second verse":
      return section.kind === "verse" && section.occurrence === 1;
    case "first chorus":
      return at === choruses[0];
    case "last chorus":
      return at === choruses.at(-1);
    case "middle":
      return index >= timing.bars / 3 && index < (timing.bars * 2) / 3;
    case "second half":
      return index >= timing.bars / 2;
    case "end":
      return index >= timing.bars - Math.max(2, Math.round(timing.bars / 8));
    case "after":
      return seconds >= (place.seconds ?? 0) - 0.5;
    case "before":
      return seconds < (place.seconds ?? 0) - 0.5;
    default:
      return section.kind === place.where;
  }
};
