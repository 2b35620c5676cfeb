// Handles "without drums", "add strings", "replace the piano with a flute", "flute instead of
// piano".

import { type InstrumentName, instruments } from "../instruments.ts";
import { drumWords } from "../prompt/lexicon.ts";
import { hasPhrase } from "../prompt/prompt-text.ts";
import { namedInstruments, type Seats, seat, unseat } from "../prompt/seat-instruments.ts";
import { styles } from "../styles/all-styles.ts";
import { type PitchedPart, pitchedParts } from "../styles/style.ts";
import type { Rule } from "./rule.ts";

export const changeBand: Rule = (spec, clause) => {
  const swapped = swap(spec.parts, clause.text);
  if (swapped !== undefined) return swapped;
  if (clause.intent === "remove") {
    const parts = unseat(spec.parts, { wanted: " ", unwanted: clause.text });
    const left = describeLeft(spec.parts, parts);
    return left.length === 0 ? undefined : { changed: { parts }, said: left };
  }
  const parts = { ...spec.parts };
  const said: string[] = [];
  if (hasPhrase(clause.text, drumWords) && parts.drums === null) {
    parts.drums = styles[spec.style].kits.find((kit) => kit !== null) ?? "room";
    said.push("with drums");
  }
  for (const { name, role } of namedInstruments(clause.text)) {
    if (pitchedParts.some((part) => parts[part] === name)) continue;
    // An added instrument takes a free part before it replaces another instrument.
    if (role === "pad" || clause.intent !== "add") seat(parts, name, role);
    else parts[emptyChair(parts, name) ?? chairOf(role)] = name;
    said.push(`with ${instruments[name].label}`);
  }
  if (/ (?:melody|lead|tune) /.test(clause.text) && parts.lead === null) {
    parts.lead = styles[spec.style].players.lead.find((player) => player !== null) ?? "piano";
    said.push("with a melody");
  }
  return said.length === 0 ? undefined : { changed: { parts }, said };
};

const swap = (seats: Seats, text: string) => {
  const found =
    / (?:replace|swap|change|switch) (?<gone>.+?) (?:with|by|for|to|into) (?<come>.+) /.exec(text) ??
    / (?<come>.+?) (?:instead of|rather than|statt|anstatt|au lieu de|en vez de) (?<gone>.+) /.exec(text);
  const gone = namedInstruments(` ${found?.groups?.gone ?? ""} `)[0]?.name;
  const come = namedInstruments(` ${found?.groups?.come ?? ""} `)[0]?.name;
  if (gone === undefined || come === undefined) return undefined;
  const parts = { ...seats };
  for (const part of pitchedParts) if (parts[part] === gone) parts[part] = come;
  if (!pitchedParts.some((part) => seats[part] === gone)) return undefined;
  return { changed: { parts }, said: [`${instruments[come].label} instead of ${instruments[gone].label}`] };
};

const describeLeft = (before: Seats, after: Seats): readonly string[] => {
  const left = new Set<string>();
  if (before.drums !== null && after.drums === null) left.add("without drums");
  for (const part of pitchedParts) {
    const gone = before[part];
    if (gone === null || gone === after[part]) continue;
    left.add(
      part === "lead" && after.lead === null ? "without the melody" : `without ${instruments[gone].label}`,
    );
  }
  return [...left];
};

/** Low instruments may play the bass, singing ones the lead, any the arpeggios. */
const emptyChair = (seats: Seats, name: InstrumentName): PitchedPart | undefined => {
  const fitting: readonly PitchedPart[] = instruments[name].high < 60 ? ["bass"] : ["lead", "chords", "arp"];
  return fitting.find((part) => seats[part] === null);
};

const chairOf = (role: Parameters<typeof seat>[2]): PitchedPart =>
  ({ bass: "bass", pad: "pad", solo: "lead", wave: "lead", keys: "chords", pluck: "chords" })[
    role
  ] as PitchedPart;
