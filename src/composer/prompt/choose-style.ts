// Chooses the style of a prompt: by name, by hint, by mood, or otherwise at random.

import type { Random } from "../random.ts";
import { type StyleName, styleNames } from "../styles/style.ts";
import { moods, styleWords } from "./lexicon.ts";
import { countPhrases, hasPhrase } from "./prompt-text.ts";

export const chooseStyle = (wanted: string, random: Random): StyleName => {
  let best: StyleName | undefined;
  let bestScore = 0;
  for (const style of styleNames) {
    const { names, hints } = styleWords[style];
    const score = 3 * countPhrases(wanted, names) + countPhrases(wanted, hints) + earliness(wanted, names);
    if (score > bestScore) {
      best = style;
      bestScore = score;
    }
  }
  if (best !== undefined) return best;
  const suggested = moods.flatMap((mood) => (hasPhrase(wanted, mood.words) ? mood.styles : []));
  return random.pick(suggested.length > 0 ? suggested : styleNames);
};

/** "jazz house" is jazz first: the earlier of two names weighs a little more. */
const earliness = (wanted: string, names: readonly string[]): number => {
  const places = names.map((name) => wanted.indexOf(` ${name} `)).filter((place) => place >= 0);
  return places.length === 0 ? 0 : 0.5 / (1 + Math.min(...places));
};
