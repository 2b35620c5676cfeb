// Finds the wishes of a prompt that are not fulfilled because another wish of the prompt says the opposite. The
// response then reports only one of the two wishes as fulfilled.

import type { Feel } from "../styles/style.ts";
import type { MusicSpec } from "../spec.ts";
import { pitchedParts } from "../styles/style.ts";
import { type MoodName, moods } from "./moods.ts";
import type { Wish, WordWish } from "./reading.ts";

const oppositeFeels: readonly (readonly [Feel, Feel])[] = [
  ["sparse", "busy"],
  ["dry", "reverb"],
  ["legato", "staccato"],
];

/**
 * Returns each wish that contradicts an earlier wish, because only the earlier wish is fulfilled. Two wishes contradict
 * each other if one is a mood in major and the other a mood in minor, or if they are opposite ways to play, such as
 * "legato" and "staccato". Wishes that exclude a thing, such as "no reverb", are ignored.
 */
export const contradicted = (wishes: readonly Wish[]): ReadonlySet<Wish> => {
  const lost = new Set<Wish>();
  let tonality: "major" | "minor" | undefined;
  const feels = new Set<string>();
  for (const wish of wishes) {
    if (wish.isNegated) continue;
    if (wish.kind === "moods") {
      const mood = moods[wish.id as MoodName];
      const own = "tonality" in mood ? mood.tonality : undefined;
      if (own !== undefined && tonality !== undefined && own !== tonality) lost.add(wish);
      else tonality ??= own;
    }
    if (wish.kind === "feels") {
      const rival = oppositeFeels
        .find((pair) => pair.some((feel) => feel === wish.id))
        ?.find((feel) => feel !== wish.id);
      if (rival !== undefined && feels.has(rival)) lost.add(wish);
      else feels.add(wish.id);
    }
  }
  return lost;
};

/**
 * Finds the things that a prompt both wants and excludes, for example the piano in "piano, but no piano". For each such
 * thing, returns the wish that is not fulfilled. If the plan has a piano, that is the wish "no piano". If the plan has
 * no piano, that is the wish "piano". If the plan does not show whether the piece has the thing, returns neither wish.
 */
export const denied = (wishes: readonly Wish[], spec: MusicSpec): readonly Wish[] => {
  const words = wishes.filter((wish): wish is WordWish => "id" in wish);
  return words.filter((wish) => {
    const rival = words.find(
      (other) => other.kind === wish.kind && other.id === wish.id && other.isNegated !== wish.isNegated,
    );
    if (rival === undefined) return false;
    const holds = isHeld(wish, spec);
    return holds !== undefined && holds === wish.isNegated;
  });
};

/** Returns whether the plan has the thing that the wish names; undefined if this can't be seen in the plan. */
const isHeld = ({ kind, id }: WordWish, spec: MusicSpec): boolean | undefined => {
  switch (kind) {
    case "styles":
      return spec.style === id;
    case "instruments":
      return pitchedParts.some((part) => spec.parts[part] === id);
    case "parts":
      return id === "drums" || id === "bass" || id === "pad" || id === "chords" || id === "arp"
        ? spec.parts[id] !== null
        : undefined;
    case "textures":
      return spec.textures[id as keyof MusicSpec["textures"]] > 0;
    case "feels":
      return spec.feel.some((feel) => feel === id);
    default:
      return undefined;
  }
};
