// Changes a plan by an instruction in plain language: "a bit faster, in A minor, without drums, and
// add strings".

import { wordsOf } from "../prompt/prompt-text.ts";
import { fitForm } from "../score/form.ts";
import { timingOf } from "../score/timing.ts";
import { type MusicSpec, parseSpec } from "../spec.ts";
import { styles } from "../styles/all-styles.ts";
import { changeBand } from "./change-band.ts";
import { changeFeel } from "./change-feel.ts";
import { changeKey } from "./change-key.ts";
import { changeLength } from "./change-length.ts";
import { changeStyle } from "./change-style.ts";
import { changeTempo } from "./change-tempo.ts";
import type { Clause, Rule } from "./rule.ts";

export interface InstructionResult {
  readonly spec: MusicSpec;
  /**
   * The changes as phrases for people: "tempo 96 bpm", "without drums". Empty when nothing was
   * understood.
   */
  readonly understood: readonly string[];
  /** The parts of the instruction that the composer did not understand, as they were typed. */
  readonly notUnderstood: readonly string[];
}

/** The same plan and instruction give the same result. The given plan is not changed. */
export const changeSpec = (before: MusicSpec, instruction: string): InstructionResult => {
  let spec = before;
  const understood: string[] = [];
  const notUnderstood: string[] = [];
  for (const clause of clausesOf(instruction)) {
    let isUnderstood = false;
    for (const rule of rules) {
      const change = rule(spec, clause);
      if (change === undefined) continue;
      isUnderstood = true;
      spec = { ...spec, ...change.changed };
      understood.push(...change.said);
    }
    if (!isUnderstood) notUnderstood.push(clause.typed);
  }
  return { spec: parseSpec(withFittingForm(spec)), understood, notUnderstood };
};

/** The order matters: a change of style must not undo changes of the instruments. */
const rules: readonly Rule[] = [changeStyle, changeLength, changeTempo, changeKey, changeBand, changeFeel];

/**
 * Commas, full stops and "and" separate clauses; in "without drums and bass", "without" applies to
 * both.
 */
const clausesOf = (instruction: string): readonly Clause[] => {
  const clauses: Clause[] = [];
  let intent: Clause["intent"] = "change";
  for (const typed of instruction
    .slice(0, instructionLengthMax)
    .split(/[,;!?\n]+|[.](?!\d)|\s(?:and|then|but|also|und|et|y)\s/iu)) {
    const text = ` ${wordsOf(typed).join(" ")} `;
    if (text.trim() === "") continue;
    if (removing.test(text)) intent = "remove";
    else if (adding.test(text) || !isBareName.test(text)) intent = adding.test(text) ? "add" : "change";
    clauses.push({ typed: typed.trim(), text: text.replace(fillers, " ").replace(/\s+/g, " "), intent });
  }
  return clauses;
};

const instructionLengthMax = 2000;
const removing =
  / (?:without|no|remove|drop|mute|delete|minus|lose|cut|kill|take out|leave out|get rid of|ohne|sans|sin) (?!it |to |by |down )/;
const adding = / (?:add|with|include|bring|put|give it|more|mit|avec|con) /;
/** Up to three words that may be the object of an earlier verb. */
const isBareName = /^ (?:the |a |an |some |any )?\S+(?: \S+){0,1} $/;
const fillers =
  / (?:please|make it|make|let s|can you|could you|i want|i d like|it|the whole thing|everything|should be|be) (?=\S)/g;

/** A much shorter piece has no room for its old intro. */
const withFittingForm = (spec: MusicSpec): MusicSpec => {
  const { bars } = timingOf(spec);
  const { introBars, sectionBars } = spec.form;
  if (introBars + sectionBars <= bars) return spec;
  return { ...spec, form: fitForm(styles[spec.style].form, bars) };
};
