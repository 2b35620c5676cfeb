// Handles instructions that change the players of a piece or their loudness, such as "without drums", "add strings",
// "flute instead of piano", "bring in the drums after 15 seconds", "turn the drums down", "brushes instead of sticks".

import { type InstrumentName, instruments } from "../instruments.ts";
import { familyOf, nameOfPlayers, partsFor, playsChords } from "../prompt/instrument-roles.ts";
import { drumLaneName } from "../prompt/names.ts";
import { readPrompt, type WordWish } from "../prompt/reading.ts";
import { sectionKinds } from "../score/form/form.ts";
import type { MusicSpec } from "../spec.ts";
import { styles } from "../styles/all-styles.ts";
import { type DrumLane, type Part, type PitchedPart, pitchedParts } from "../styles/style.ts";
import { nameOfPlace } from "./find-place.ts";
import { kitNames, type Said, say } from "./change-phrases.ts";
import { type Change, changedPlace, degreeOf, type Rule, wordsIn } from "./rule.ts";

/** Tries several rules. Returns the change of the first rule that applies to the clause; undefined if none applies. */
export const changeBand: Rule = (spec, clause) => {
  for (const rule of [changeLevel, swap, changeThere, keepOnly, remove, add]) {
    const change = rule(spec, clause);
    if (change !== undefined) return change;
  }
  return undefined;
};

const partWords: Readonly<Record<string, Part>> = {
  drums: "drums",
  rhythm: "drums",
  melody: "lead",
  chords: "chords",
  bass: "bass",
  pad: "pad",
  arp: "arp",
};

/** Returns the parts that the words of a clause name. Parts that nobody plays in the piece are left out. */
const playersIn = (spec: MusicSpec, words: readonly WordWish[]): readonly Part[] => {
  const found = new Set<Part>();
  for (const wish of words) {
    const part = wish.kind === "parts" ? partWords[wish.id] : undefined;
    if (part !== undefined && spec.parts[part] !== null) found.add(part);
    if (wish.kind === "instruments" || wish.kind === "nearInstruments") {
      const names = familyOf(wish.id as InstrumentName, wish.typed);
      for (const one of pitchedParts) {
        const name = spec.parts[one];
        if (name !== null && names.includes(name)) found.add(one);
      }
      if (/^bass/i.test(wish.typed) && spec.parts.bass !== null) found.add("bass");
    }
    if ((wish.kind === "percussion" || wish.kind === "kits") && spec.parts.drums !== null) found.add("drums");
  }
  return [...found];
};

const labelOf = (spec: MusicSpec, part: Part): string => {
  if (part === "drums") return "drums";
  if (part === "lead") return "melody";
  const name = spec.parts[part];
  return name === null ? part : instruments[name].label;
};

/** Returns the English name of the players that a wish names. A wish can be typed in any supported language. */
const nameOf = ({ kind, id, typed }: WordWish): string =>
  kind === "parts" ? (partWords[id] === "drums" ? "drums" : id) : nameOfPlayers(id as InstrumentName, typed);

const onlyWords = (names: readonly string[]): Said =>
  say("only {player}", {
    player: names.reduce((player, other) => say("{player} and {other}", { player, other })),
  });

const louder =
  / (?:louder|turn up|turn .* up|forward|up front|more present|bring up|bring out|boost|raise|lauter|more .* in the mix|stronger|plus fort|mas fuerte|اعلي صوتا|ارفع) /;
const softer =
  / (?:quieter|softer|turn down|turn .* down|lower|in the back|less loud|further back|push back|reduce|leiser|too loud|less prominent|in the background|subtler|moins fort|mas bajo|اخفض) /;

const changeLevel: Rule = (spec, clause) => {
  const { text } = clause;
  const isLouder = louder.test(text) && !/ too loud /.test(text);
  const isSofter = softer.test(text);
  if (isLouder === isSofter || clause.where !== undefined) return undefined;
  const parts = playersIn(spec, wordsIn(clause));
  if (parts.length === 0) return undefined;
  const by = (isLouder ? 4 : -6) * degreeOf(text);
  const levels = { ...spec.levels };
  for (const part of parts) levels[part] = Math.max(-24, Math.min(12, (levels[part] ?? 0) + by));
  return {
    changed: { levels },
    said: parts.map((part) =>
      say(isLouder ? "{player} louder" : "{player} quieter", { player: labelOf(spec, part) }),
    ),
  };
};

const swap: Rule = (spec, clause) => {
  const { where } = clause;
  // Several spaces become one space, so that the time to match the patterns below grows only with the square of the
  // length.
  const typed = clause.typed.replace(/\s+/gu, " ");
  const found =
    /(?:replace|swap|change|switch|ersetze|tausche)\s+(?<gone>.+?)\s+(?:with|by|for|to|into|against|durch|gegen)\s+(?<come>.+)/iu.exec(
      typed,
    ) ??
    /(?<come>.+?)\s+(?:instead of|rather than|statt|anstatt|au lieu de|en vez de|invece di|em vez de)\s+(?<gone>.+)/iu.exec(
      typed,
    ) ??
    /(?<gone>.+?)\s*(?:→|->|=>)\s*(?<come>.+)/u.exec(typed);
  if (found?.groups === undefined || where !== undefined) return undefined;
  const sides: { readonly gone?: string; readonly come?: string } = found.groups;
  const [gone, come] = [sides.gone ?? "", sides.come ?? ""].map((side) =>
    readPrompt(side).wishes.filter((wish): wish is WordWish => "id" in wish),
  );
  const kit = come?.find(({ kind }) => kind === "kits");
  if (kit !== undefined) return kitChange(spec, kit);
  const wish = come?.find(({ kind }) => kind === "instruments" || kind === "nearInstruments");
  const leaving = playersIn(spec, gone ?? []).filter((part): part is PitchedPart => part !== "drums");
  if (wish === undefined || leaving.length === 0) return undefined;
  const name = wish.id as InstrumentName;
  const parts = { ...spec.parts };
  const said = new Set<Said>();
  for (const part of leaving) {
    const before = parts[part];
    parts[part] = name;
    if (before !== null)
      said.add(
        say("{player} instead of {other}", {
          player: instruments[name].label,
          other: instruments[before].label,
        }),
      );
  }
  // One instruction can replace the players of both the chords and the lead, for example "flute instead of piano". If
  // the new instrument usually plays the lead, it gets only the lead. The chords get another instrument.
  if (leaving.includes("chords") && leaving.includes("lead") && partsFor(name)[0] === "lead")
    parts.chords = parts.pad === null ? "strings" : parts.pad;
  return { changed: { parts }, said: [...said] };
};

const kitChange = (spec: MusicSpec, wish: WordWish): Change => {
  const kit = wish.id === "brushes" ? "brushes" : wish.id === "electronic" ? "electronic" : "standard";
  const name = { kit: kitNames[kit] };
  if (spec.parts.drums === kit) return { changed: {}, said: [say("already {kit}", name)] };
  return { changed: { parts: { ...spec.parts, drums: kit } }, said: [say("with {kit}", name)] };
};

/**
 * Makes parts rest or play in one section of the piece, or before or after a time. Returns undefined for a clause that
 * names a solo.
 */
const changeThere: Rule = (spec, clause) => {
  const { where, intent, text } = clause;
  if (where === undefined) return undefined;
  const words = wordsIn(clause);
  if (words.some(({ kind, id }) => kind === "sections" && id === "solo")) return undefined;
  const named = playersIn(spec, words);
  const asksPlayers = words.some(
    ({ kind }) =>
      kind === "instruments" || kind === "nearInstruments" || kind === "parts" || kind === "percussion",
  );
  if (!asksPlayers) return undefined;
  const everyone = pitchedParts.filter((part) => spec.parts[part] !== null);
  if (/ (?:only|just|nur|solo|alone) /.test(text) && intent !== "remove" && named.length > 0) {
    const others = ([...everyone, "drums"] as Part[]).filter((part) => !named.includes(part));
    return {
      changed: changedPlace(spec, clause, { silent: others, plays: [...named] }),
      said: [
        say("{change} {place}", {
          change: onlyWords(named.map((part) => labelOf(spec, part))),
          place: nameOfPlace(where),
        }),
      ],
    };
  }
  if (intent === "remove") {
    if (named.length === 0) return undefined;
    return {
      changed: changedPlace(spec, clause, { silent: [...named] }),
      said: named.map((part) =>
        say("{change} {place}", {
          change: say("without {player}", { player: labelOf(spec, part) }),
          place: nameOfPlace(where),
        }),
      ),
    };
  }
  if (where.at === "after" && named.length > 0) {
    return {
      changed: changedPlace(
        spec,
        { ...clause, where: { at: "before", seconds: where.seconds ?? 0 } },
        { silent: [...named] },
      ),
      said: named.map((part) =>
        say("{player} from {n} seconds on", { player: labelOf(spec, part), n: where.seconds ?? 0 }),
      ),
    };
  }
  if (named.length > 0)
    return {
      changed: changedPlace(spec, clause, { plays: [...named] }),
      said: named.map((part) =>
        say("{player} {place}", { player: labelOf(spec, part), place: nameOfPlace(where) }),
      ),
    };
  return addThere(spec, clause);
};

/**
 * Handles an instruction such as "just guitar and bass". All players that the instruction doesn't name are removed. If
 * the chords then have no player, the first named player who can play chords plays them. If the lead then has no
 * player, the same player also plays the lead. Exception: if the player of the counter-melody is named, nobody plays
 * the lead.
 */
const keepOnly: Rule = (spec, clause) => {
  if (!clause.reading.isExclusive || clause.where !== undefined || clause.intent === "remove")
    return undefined;
  const named = playersIn(spec, wordsIn(clause));
  if (named.length === 0) return undefined;
  const kept = { ...spec.parts };
  for (const part of pitchedParts) if (!named.includes(part)) kept[part] = null;
  if (!named.includes("drums")) kept.drums = null;
  const name = named
    .map((part) => (part === "drums" ? null : spec.parts[part]))
    .find((one) => one !== null && playsChords(one));
  if (kept.chords === null && name !== undefined) kept.chords = name;
  if (kept.lead === null && name !== undefined && named.every((part) => part !== "counter")) kept.lead = name;
  const labels = named.map((part) =>
    part === "drums" ? "drums" : instruments[spec.parts[part] ?? "piano"].label,
  );
  return {
    changed: { parts: kept, ...(kept.drums === null ? { percussion: [] } : {}) },
    said: [onlyWords([...new Set(labels)])],
  };
};

/**
 * Adds a player who plays only in the named section. Returns undefined in these cases: no part is free for this player,
 * the clause names a time instead of a section, or `places` of the spec would have more than 12 entries (its maximum).
 */
const addThere: Rule = (spec, clause) => {
  const added = add(spec, { ...clause, where: undefined });
  const parts = added?.changed.parts;
  if (added === undefined || parts === undefined || clause.where === undefined) return undefined;
  const part = pitchedParts.find((one) => spec.parts[one] === null && parts[one] !== null);
  if (part === undefined || clause.where.at === "after" || clause.where.at === "before") return undefined;
  const others = sectionKinds.filter((where) => where !== clause.where?.at);
  if (others.length === sectionKinds.length) return undefined;
  const places = [
    ...spec.places,
    ...others.map((where) => ({ where, silent: [part], plays: [], energy: 0, semitones: 0, pace: 1 })),
    { where: clause.where.at, silent: [], plays: [part], energy: 0, semitones: 0, pace: 1 },
  ];
  if (places.length > 12) return undefined;
  return {
    changed: { ...added.changed, places },
    said: added.said.map((change) =>
      say("{change} {place}", { change, place: nameOfPlace(clause.where ?? { at: "chorus" }) }),
    ),
  };
};

const remove: Rule = (spec, clause) => {
  if (clause.intent !== "remove" || clause.where !== undefined) return undefined;
  const words = wordsIn(clause);
  if (words.some(({ kind, id }) => kind === "percussion" && (id === "hat" || id === "ride"))) {
    if (spec.parts.drums === null)
      return { changed: {}, said: [say("already without {player}", { player: "drums" })] };
    return {
      changed: { feel: [...new Set([...spec.feel, "no-hats" as const])] },
      said: [say("without {player}", { player: drumLaneName("hat") })],
    };
  }
  const lanes = words.filter(({ kind }) => kind === "percussion").map(({ id }) => id as DrumLane);
  if (lanes.length > 0 && lanes.some((lane) => spec.percussion.includes(lane)))
    return {
      changed: { percussion: spec.percussion.filter((lane) => !lanes.includes(lane)) },
      said: lanes.map((lane) => say("without {player}", { player: drumLaneName(lane) })),
    };
  const named = playersIn(
    spec,
    words.filter(({ kind }) => kind !== "percussion"),
  );
  const asked = words.filter(
    ({ kind }) => kind === "instruments" || kind === "nearInstruments" || kind === "parts",
  );
  if (named.length === 0) {
    if (asked.length === 0) return undefined;
    return {
      changed: {},
      said: asked.map((wish) => say("already without {player}", { player: nameOf(wish) })),
    };
  }
  const parts = { ...spec.parts };
  const said = new Set<Said>();
  for (const part of named) {
    const isMelody = part === "lead" && asked.some(({ kind, id }) => kind === "parts" && id === "melody");
    const player = isMelody
      ? "the melody"
      : part === "drums"
        ? "drums"
        : instruments[spec.parts[part] ?? "piano"].label;
    said.add(say("without {player}", { player }));
    if (part === "drums") parts.drums = null;
    else
      parts[part] = asked.some(({ kind }) => kind === "parts") ? null : replacement(spec, part, parts[part]);
  }
  if (pitchedParts.every((part) => parts[part] === null)) parts.chords = spec.parts.chords ?? "piano";
  return { changed: { parts, ...(parts.drums === null ? { percussion: [] } : {}) }, said: [...said] };
};

/**
 * Returns another player for the chords or the lead. If possible, this player belongs to the style. Returns null for
 * every other part, because a piece doesn't need the other parts.
 */
const replacement = (
  spec: MusicSpec,
  part: PitchedPart,
  gone: InstrumentName | null,
): InstrumentName | null => {
  if (part !== "chords" && part !== "lead") return null;
  const others = styles[spec.style].players[part].filter((name) => name !== null && name !== gone);
  return (
    others[0] ??
    (part === "chords"
      ? gone === "soft keys"
        ? "piano"
        : "soft keys"
      : gone === "vibraphone"
        ? "flute"
        : "vibraphone")
  );
};

const add: Rule = (spec, clause) => {
  if (clause.where !== undefined || clause.intent === "remove") return undefined;
  const words = wordsIn(clause);
  const parts = { ...spec.parts };
  const percussion = [...spec.percussion];
  const said: Said[] = [];
  const taken = new Set<PitchedPart>();
  for (const wish of words) {
    if (wish.isNegated) continue;
    if (wish.kind === "kits") {
      const change = kitChange({ ...spec, parts }, wish);
      parts.drums = change.changed.parts?.drums ?? parts.drums;
      said.push(...change.said);
    } else if (wish.kind === "parts" && partWords[wish.id] === "drums") {
      said.push(say(parts.drums === null ? "with {player}" : "already with {player}", { player: "drums" }));
      parts.drums ??= styles[spec.style].kits.find((kit) => kit !== null) ?? "room";
    } else if (wish.kind === "percussion" && wish.id !== "hat") {
      const lane = wish.id as DrumLane;
      if (percussion.length >= 8) continue;
      if (!percussion.includes(lane)) percussion.push(lane);
      parts.drums ??= "standard";
      said.push(say("with {player}", { player: drumLaneName(lane) }));
    } else if (wish.kind === "parts") {
      const part = partWords[wish.id] as PitchedPart | undefined;
      if (part === undefined || parts[part] === undefined) continue;
      said.push(
        say(parts[part] === null ? "with {player}" : "already with {player}", { player: nameOf(wish) }),
      );
      parts[part] ??=
        styles[spec.style].players[part].find((player) => player !== null) ??
        (
          {
            chords: "piano",
            bass: "bass guitar",
            lead: "flute",
            pad: "strings",
            arp: "pulse",
            counter: "clarinet",
          } as const
        )[part];
    } else if (wish.kind === "instruments" || wish.kind === "nearInstruments") {
      const name = wish.id as InstrumentName;
      const label = instruments[name].label;
      if (pitchedParts.some((part) => parts[part] === name)) {
        said.push(say("already with {player}", { player: label }));
        continue;
      }
      // A new player takes a free part if possible, and otherwise replaces another player.
      const fitting = partsFor(name);
      const part =
        fitting.find((one) => parts[one] === null && !taken.has(one)) ??
        fitting.find((one) => !taken.has(one));
      if (part === undefined) continue;
      parts[part] = name;
      taken.add(part);
      said.push(
        wish.kind === "nearInstruments"
          ? say("with {player}, the nearest to “{typed}”", { player: label, typed: wish.typed })
          : say("with {player}", { player: label }),
      );
    }
  }
  return said.length === 0 ? undefined : { changed: { parts, percussion }, said };
};
