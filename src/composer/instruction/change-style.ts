// Handles "as jazz", "turn it into techno": another style's instruments and patterns, in the
// piece's key.

import { parsePrompt } from "../prompt/parse-prompt.ts";
import { styleWords } from "../prompt/lexicon.ts";
import { hasPhrase } from "../prompt/prompt-text.ts";
import { styles } from "../styles/all-styles.ts";
import { styleNames } from "../styles/style.ts";
import type { Rule } from "./rule.ts";

export const changeStyle: Rule = (spec, { text, intent }) => {
  if (intent === "remove") return undefined;
  const style = styleNames.find((name) => name !== spec.style && hasPhrase(text, namesOf(name)));
  if (style === undefined) return undefined;
  const other = parsePrompt({
    prompt: styleWords[style].names[0] ?? style,
    seed: spec.seed,
    durationSeconds: spec.durationSeconds,
  });
  const { title, tonic, mode, textures } = spec;
  const kept = Object.fromEntries(
    Object.entries(other.textures).map(([name, level]) => [
      name,
      Math.max(level, textures[name as keyof typeof textures]),
    ]),
  ) as typeof textures;
  return { changed: { ...other, title, tonic, mode, textures: kept }, said: [`as ${styles[style].label}`] };
};

/** "swing" and "acoustic" describe how to play; alone they don't name another style. */
const namesOf = (style: (typeof styleNames)[number]): readonly string[] =>
  styleWords[style].names.filter((name) => !ambiguous.has(name));

const ambiguous = new Set([
  "swing",
  "acoustic",
  "dance",
  "epic",
  "film",
  "movie",
  "orchestra",
  "club",
  "drum machine",
  "6/8",
  "classical",
  "minimal techno",
]);
