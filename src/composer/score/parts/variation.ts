// Varies the pattern of a part from bar to bar, so that an accompaniment doesn't only repeat one bar.

import { createRandom, type Random } from "../../random.ts";
import type { MusicSpec } from "../../spec.ts";
import { styleOf } from "../../styles/all-styles.ts";
import type { Section } from "../form/form.ts";
import { fitPattern } from "../time/meter.ts";

export type PatternPart = "comping" | "bass" | "arpeggio";

/**
 * Returns a function that returns the pattern of a part for one bar of the section. `place` is the
 * index of this bar in the section. In the first bar, the part plays a pattern of the style without
 * changes. In composer version 1, all bars of a section have the same pattern.
 */
export const createPatterns = (
  spec: MusicSpec,
  section: Section,
): ((part: PatternPart, place: number) => string) => {
  const style = styleOf(spec);
  const kind = section.kind === "intro" || section.kind === "outro" ? "verse" : section.kind;
  const names = section.movement === undefined || section.movement === 0 ? [kind] : [kind, section.movement];
  const random = createRandom(spec.seed, "patterns", ...names);
  const fit = (pattern: string): string => fitPattern(pattern, style.meter, spec.meter);
  const books = { comping: style.comping, bass: style.bass, arpeggio: style.arpeggio };
  const homes = {
    comping: random.pick(books.comping),
    bass: random.pick(books.bass),
    arpeggio: random.pick(books.arpeggio),
  };
  if (spec.composerVersion === 1) return (part) => homes[part];
  // In jazz and blues, a bar is hardly ever repeated. The grooves of the other styles need
  // repetition.
  const restless = style.harmony === "jazz" || style.harmony === "blues" ? 0.8 : 0.35;
  return (part, place) => {
    const home = homes[part];
    const others = books[part].filter((pattern) => pattern !== home);
    const own = createRandom(
      spec.seed,
      "vary",
      part,
      kind,
      section.occurrence,
      section.movement ?? 0,
      place % 8,
    );
    if (place === 0) return fit(home);
    switch (place % 4) {
      case 1:
        return fit(own.chance(restless) ? varied(home, own, 1) : home);
      case 3:
        if (others.length > 0 && own.chance(0.45)) return fit(own.pick(others));
        return fit(own.chance(restless + 0.25) ? varied(home, own, 2) : home);
      default:
        return fit(own.chance(restless / 2) ? varied(home, own, 1) : home);
    }
  };
};

/**
 * Tries `changes` times to move, add or remove a hit. A hit on the first sixteenth always stays.
 */
const varied = (pattern: string, random: Random, changes: number): string => {
  let steps = [...pattern];
  for (let change = 0; change < changes; change++) {
    const roll = random.next();
    steps =
      roll < 0.4 ? withPush(steps, random) : roll < 0.75 ? withExtra(steps, random) : withRest(steps, random);
  }
  return steps.join("");
};

const isHit = (symbol: string | undefined): symbol is string =>
  symbol !== undefined && symbol !== "." && symbol !== "-";

const hitsOf = (steps: readonly string[]): readonly number[] =>
  steps.flatMap((symbol, at) => (at > 0 && isHit(symbol) ? [at] : []));

/**
 * Tries to move a hit by an eighth, to an earlier or a later place. The new place must have no hit, be inside the
 * pattern and not be the first sixteenth. If there is no hit to move, tries to add one.
 */
const withPush = (steps: readonly string[], random: Random): string[] => {
  const hits = hitsOf(steps);
  if (hits.length === 0) return withExtra(steps, random);
  const at = random.pick(hits);
  const to = at + (random.chance(0.6) ? -2 : 2);
  const next = [...steps];
  if (to <= 0 || to >= steps.length || isHit(steps[to])) return next;
  const symbol = steps[at] ?? ".";
  next[at] = to < at ? "-" : ".";
  if (to < at && next[at - 1] !== undefined && !isHit(next[at - 1])) next[at - 1] = "-";
  next[to] = symbol;
  return next;
};

/**
 * Tries to add a hit on an eighth that has none, from the third eighth on. The new hit gets the
 * symbol of another hit of the pattern. If every such eighth has a hit, tries to remove a hit.
 */
const withExtra = (steps: readonly string[], random: Random): string[] => {
  const free = steps.flatMap((symbol, at) => (at > 2 && at % 2 === 0 && !isHit(symbol) ? [at] : []));
  if (free.length === 0) return withRest(steps, random);
  const at = random.pick(free);
  const next = [...steps];
  const symbols = steps.filter(isHit).filter((symbol) => symbol !== "b" && symbol !== "a");
  if (symbols.length === 0) return next;
  next[at] = random.pick(symbols);
  return next;
};

const withRest = (steps: readonly string[], random: Random): string[] => {
  const hits = hitsOf(steps);
  if (hits.length < 2) return [...steps];
  const at = random.pick(hits);
  return steps.map((symbol, place) => (place === at ? (steps[at - 1] === "." ? "." : "-") : symbol));
};
