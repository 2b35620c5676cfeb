// Finds wishes that contradict another wish of the same prompt, so that the response doesn't report both as fulfilled.

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
 * Returns the wishes that are not fulfilled because they contradict an earlier wish: moods with the opposite tonality,
 * and opposite ways to play. Wishes that exclude a thing are not examined.
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
 * A prompt can want and exclude the same thing, for example "piano, but no piano". If the plan
 * has the thing, this function returns the wish that excludes it. If the plan lacks the thing, this function returns
 * the wish that wants it. If the plan does not show whether the piece has the thing, neither wish is returned.
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
