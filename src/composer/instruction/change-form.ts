// Handles instructions that change the form of a piece, such as "fade out", "loop", "a guitar solo
// in the middle" and "start with piano". Also handles the instruction "new melody". If a clause
// names several changes, only the change whose rule comes first in `changeForm` is made.

import { type InstrumentName, instruments } from "../instruments.ts";
import { partsFor } from "../prompt/instrument-roles.ts";
import { createRandom } from "../random.ts";
import { hasLift } from "../score/form/plan-sections.ts";
import { hasSolo, withSolo } from "../score/form/with-solo.ts";
import type { MusicSpec } from "../spec.ts";
import { type Part, pitchedParts } from "../styles/style.ts";
import { endings, type Said, say } from "./change-phrases.ts";
import { type Change, impossible, type Rule, wordsIn } from "./rule.ts";

export const changeForm: Rule = (spec, clause) => {
  const { text, intent } = clause;
  const words = wordsIn(clause);
  const has = (id: string): boolean =>
    words.some((wish) => wish.kind === "forms" && wish.id === id && !wish.isNegated);
  const ending = (["fade", "loop", "stop", "ring"] as const).find(has);
  if (ending !== undefined) {
    if (intent === "remove")
      return spec.form.ending === ending
        ? { changed: { form: { ...spec.form, ending: "ring" } }, said: [say("with a last chord")] }
        : undefined;
    if (spec.form.ending === ending)
      return { changed: {}, said: [say("already {ending}", { ending: endings[ending] })] };
    return {
      changed: { form: { ...spec.form, ending, ...(ending === "loop" ? { introBars: 0 } : {}) } },
      said: [say("{ending}", { ending: endings[ending] })],
    };
  }
  if (has("lift") && clause.where === undefined && !/ (?:transpose|down) /.test(text)) {
    const form = { ...spec.form, lift: 2 };
    return hasLift({ ...spec, form })
      ? { changed: { form }, said: [say("a key change before the end")] }
      : impossible;
  }
  if (has("ramp"))
    return {
      changed: { form: { ...spec.form, name: "ramp", order: [] } },
      said: [say("builds to a climax")],
    };
  if (words.some(({ kind, id }) => kind === "sections" && id === "solo")) return soloChange(spec, clause);
  if (/ (?:no|without|remove|skip|cut) (?:the )?intro /.test(text))
    return { changed: { form: { ...spec.form, introBars: 0 } }, said: [say("without an intro")] };
  if (/ (?:longer|extend the) intro | intro (?:longer|last longer) /.test(text))
    return {
      changed: { form: { ...spec.form, introBars: Math.min(32, Math.max(4, spec.form.introBars * 2)) } },
      said: [say("a longer intro")],
    };
  if (/ (?:shorter|short|shorten the) intro | intro shorter /.test(text))
    return {
      changed: { form: { ...spec.form, introBars: Math.floor(spec.form.introBars / 2) } },
      said: [say("a shorter intro")],
    };
  if (has("opening")) return openingChange(spec, clause);
  if (
    / (?:new|another|different|swap|change|replace|other|neue|andere|otra|autre) (?:the )?(?:\S+ )?(?:melody|tune|melodie|melodia|lead line) /.test(
      text,
    )
  ) {
    const themeSeed = createRandom(spec.themeSeed ?? spec.seed, "another tune").between(0, 0xffff_ffff);
    return { changed: { themeSeed }, said: [say("another melody")] };
  }
  return undefined;
};

/**
 * Adds or removes a solo. The bass never plays a solo. Otherwise, one of the parts of the band plays the solo. The first
 * of these rules that applies chooses the part:
 * 1. If no instrument is named, the lead plays the solo.
 * 2. If a part has the named instrument, that part plays the solo.
 * 3. If a suitable part has no instrument yet, that part gets the named instrument and plays the solo.
 * 4. Otherwise the part `counter` gets the named instrument in place of its own, and plays the solo.
 */
const soloChange: Rule = (spec, clause) => {
  const words = wordsIn(clause);
  if (clause.intent === "remove")
    return spec.form.solo === null
      ? { changed: {}, said: [say("already without a solo")] }
      : { changed: { form: { ...spec.form, solo: null } }, said: [say("without a solo")] };
  const wish = words.find(({ kind }) => kind === "instruments" || kind === "nearInstruments");
  const name = wish?.id as InstrumentName | undefined;
  if (name === undefined) return soloBy(spec, "lead", {}, say("a solo"));
  const said = say("a solo on the {player}", { player: instruments[name].label });
  const seated = (["lead", "counter", "chords", "arp", "pad"] as const).find(
    (part) => spec.parts[part] === name,
  );
  if (seated !== undefined) return soloBy(spec, seated, {}, said);
  const part =
    (["counter", "arp", ...partsFor(name)] as const).find(
      (one) => pitchedParts.includes(one) && one !== "bass" && spec.parts[one] === null,
    ) ?? "counter";
  return soloBy(spec, part, { parts: { ...spec.parts, [part]: name } }, said);
};

/**
 * Returns the change that lets a part play a solo. The parameter `solo` is this part. If the form can't have a solo,
 * returns `impossible`.
 */
const soloBy = (spec: MusicSpec, solo: Part, more: Partial<MusicSpec>, said: Said): Change => {
  const changed = { ...spec, ...more, form: { ...spec.form, solo } };
  const form = withSolo(changed);
  return hasSolo({ ...changed, form }) ? { changed: { ...more, form }, said: [said] } : impossible;
};

/** Returns undefined if no part of the piece has the named instrument. */
const openingChange: Rule = (spec, clause) => {
  const wish = wordsIn(clause).find(({ kind }) => kind === "instruments" || kind === "nearInstruments");
  const part = pitchedParts.find((one) => wish !== undefined && spec.parts[one] === wish.id);
  if (wish === undefined || part === undefined) return undefined;
  return {
    changed: { form: { ...spec.form, opening: part, introBars: Math.max(4, spec.form.introBars) } },
    said: [say("begins with {player} alone", { player: instruments[wish.id as InstrumentName].label })],
  };
};
