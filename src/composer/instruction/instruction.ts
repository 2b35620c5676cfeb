// Changes a plan by an instruction in plain language: "a bit faster, in A minor, without drums, and
// add strings".

import { normal, tokensOf } from "../prompt/normal-text.ts";
import { readPrompt } from "../prompt/reading.ts";
import { fitForm } from "../score/form/form.ts";
import { formOf } from "../score/form/plan-sections.ts";
import { timingOf } from "../score/time/timing.ts";
import { type MusicSpec, parseSpec } from "../spec.ts";
import { changeBand } from "./change-band.ts";
import { changeFeel } from "./change-feel.ts";
import { changeForm } from "./change-form.ts";
import { changeKey } from "./change-key.ts";
import { changeLength } from "./change-length.ts";
import { changeStyle } from "./change-style.ts";
import { changeMeter, changeTempo } from "./change-tempo.ts";
import { placeIn } from "./find-place.ts";
import { type Clause, impossible, type Rule } from "./rule.ts";

export interface InstructionResult {
  readonly spec: MusicSpec;
  /**
   * The changes as phrases for people, such as "tempo 96 bpm" or "without drums". Empty when
   * nothing was understood.
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
  let lengthWasAsked = false;
  for (const clause of clausesOf(instruction)) {
    let isUnderstood = false;
    for (const rule of isHopeless(clause) ? [] : rules) {
      const change = rule(spec, clause);
      if (change === undefined) continue;
      if (change === impossible) break;
      isUnderstood = true;
      lengthWasAsked ||= rule === changeLength;
      const { durationSeconds } = spec;
      spec = { ...spec, ...change.changed };
      // A length that the instruction asked for is not changed by the other rules.
      if (rule !== changeLength && lengthWasAsked) spec = { ...spec, durationSeconds };
      understood.push(...change.said);
      if (exclusive.has(rule)) break;
    }
    if (!isUnderstood) notUnderstood.push(clause.typed);
    else notUnderstood.push(...leftOver(clause));
  }
  return { spec: parseSpec(withFittingForm(spec)), understood, notUnderstood: [...new Set(notUnderstood)] };
};

/**
 * The order matters: the style is changed before the instruments, because a change of style replaces the instruments.
 */
const rules: readonly Rule[] = [
  changeForm,
  changeStyle,
  changeLength,
  changeMeter,
  changeTempo,
  changeKey,
  changeBand,
  changeFeel,
];

/**
 * If one of these rules applies, the other rules ignore the clause, because they would understand the
 * words of the clause differently.
 */
const exclusive = new Set<Rule>([changeForm]);

/** Whether a clause can't be fulfilled by any rule. Such a clause is refused as a whole: no part of it is applied. */
const isHopeless = ({ text, reading, where }: Clause): boolean =>
  / (?:undo|revert|go back|ruckgangig|8d|louder overall) /.test(text) ||
  (reading.wishes.some(({ kind, isNegated }) => kind === "cannot" && !isNegated) && !reading.isExclusive) ||
  // The volume of an instrument can be set only for the whole piece, not for the place `where`.
  (where !== undefined &&
    / (?:louder|quieter|softer|turn) /.test(text) &&
    reading.wishes.some(({ kind }) => kind === "instruments" || kind === "parts"));

/** Returns the words of a clause that ask for something that the composer can't do. */
const leftOver = ({ reading }: Clause): readonly string[] =>
  reading.wishes.filter(({ kind, isNegated }) => kind === "cannot" && !isNegated).map(({ typed }) => typed);

/**
 * Splits an instruction into clauses at punctuation marks, at line breaks, and at words such as "and", "then" and
 * "but" in several languages. Ignores what comes after the first 2000 characters. In "without drums and bass",
 * "without" applies to both instruments. In "the flute is annoying, get rid of it", "it" stands for the flute.
 */
const clausesOf = (instruction: string): readonly Clause[] => {
  const clauses: Clause[] = [];
  let intent: Clause["intent"] = "change";
  let mentioned: string | undefined;
  for (const part of instruction
    .slice(0, instructionLengthMax)
    .split(/[,;!?،؛؟\n]+|[.](?!\d)|\s(?:and|then|but|also|und|et|y|aber|и|ثم|لكن)\s/iu)) {
    const plain = textOf(part);
    if (plain.trim() === "") continue;
    const isComplaint = complaining.test(plain) && !removing.test(plain);
    if (removing.test(plain) || isComplaint) intent = "remove";
    else if (adding.test(plain) || !isBareName.test(plain)) intent = adding.test(plain) ? "add" : "change";
    const isPronoun = / (?:it|them|this|that) /.test(plain) && (removing.test(plain) || leveling.test(plain));
    const typed = part.trim();
    const said = isPronoun && mentioned !== undefined ? `${typed} ${mentioned}` : typed;
    const reading = readPrompt(said);
    const named = reading.wishes.find(
      ({ kind }) => kind === "instruments" || kind === "nearInstruments" || kind === "parts",
    );
    if (named !== undefined && !isPronoun) mentioned = named.typed;
    const text = textOf(said).replace(fillers, " ").replace(/\s+/g, " ");
    const where = placeIn(typed);
    // In "the flute is annoying, get rid of it", the first clause already removes the flute, so the
    // second clause is skipped.
    if (
      isPronoun &&
      clauses.at(-1)?.intent === "remove" &&
      mentioned !== undefined &&
      complaining.test(clauses.at(-1)?.text ?? "")
    )
      continue;
    clauses.push({ typed, text, reading, intent, where });
  }
  return clauses;
};

const textOf = (typed: string): string =>
  ` ${tokensOf(normal(typed).replaceAll("-", " "))
    .map(({ text }) => text)
    .join(" ")} `;

const instructionLengthMax = 2000;
const complaining =
  / (?:annoying|horrible|terrible|hate|dont like|do not like|nervt|too much|awful|ugly|distracting) /;
const leveling = / (?:louder|quieter|softer|up|down) /;
const removing =
  / (?:without|no|kein|keine|keinen|remove|drop|mute|delete|minus|lose|cut|kill|take out|leave out|take away|get rid of|nimm .* weg|entferne|ohne|weg|sans|sin|senza|sem|quita|quitar|enleve|enlever|togli|tira|remova|убери|без|بدون|بلا|دون|من غير|احذف|ازل) (?!to |by |down |hit |hits |hard |swing )/;
const adding =
  / (?:add|with|include|bring|put|give it|more|mit|avec|con|fuge|anade|ajoute|aggiungi|adicione|agrega|добавь|com|اضف|مع) /;
/**
 * Matches one or two words, with or without an article. In "without drums and the bass", the clause "the bass" belongs
 * to the word "without" of the clause before it.
 */
const isBareName = /^ (?:the |a |an |some |any |die |das |den |la |el |le )?\S+(?: \S+){0,1} $/;
const fillers =
  / (?:please|make it|make|let s|lets|can you|could you|i want|i d like|id like|it|the whole thing|everything|should be|be|bitte) (?=\S)/g;

/** If the piece is too short for its intro and one section, returns the plan with a shorter intro and sections. */
const withFittingForm = (spec: MusicSpec): MusicSpec => {
  const { bars } = timingOf(spec);
  const { introBars, sectionBars } = spec.form;
  if (introBars + sectionBars <= bars) return spec;
  const fitted = fitForm(formOf(spec), bars);
  return {
    ...spec,
    form: {
      ...spec.form,
      ...fitted,
      ...(bars < 12 && fitted.sectionBars === 12 ? { sectionBars: 4 as const } : {}),
    },
  };
};
