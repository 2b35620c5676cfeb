// Finds the place in the piece to which a clause of an instruction applies: "in the last chorus", "after 15 seconds".

import { normal } from "../prompt/normal-text.ts";
import { readPrompt } from "../prompt/reading.ts";
import type { Clause, Where } from "./rule.ts";

/** The first pattern that matches decides. So "last chorus" is before "chorus". */
const names: readonly (readonly [RegExp, Where])[] = [
  [/ (?:last|final|letzten?) (?:chorus|drop|refrain|hook) /, "last chorus"],
  [/ (?:first|ersten?) (?:chorus|drop|refrain|hook) /, "first chorus"],
  [/ (?:first|ersten?) (?:verse|strophe) /, "first verse"],
  [/ (?:second|zweiten?) (?:verse|strophe) /, "second verse"],
  [/ (?:chorus|choruses|drop|drops|refrain|refrains|hook|estribillo|refrao|ritornello) /, "chorus"],
  [/ (?:verses?|strophen?|estrofas?|couplets?) /, "verse"],
  [/ (?:intro|introduction|beginning|start|einleitung|anfang|introduccion) /, "intro"],
  [/ (?:outro|coda|ausklang) /, "outro"],
  [/ (?:break|breakdown|bridge) /, "break"],
  [/ (?:build|build up|buildup) /, "build"],
  [/ (?:second half|zweite halfte) /, "second half"],
  [/ (?:in the middle|middle|mitte|halfway) /, "middle"],
  [/ (?:at the end|the end|near the end|am ende|ending|at the close|towards the end) /, "end"],
];

/** Returns undefined if the clause names no place. */
export const placeIn = (typed: string): Clause["where"] => {
  const plain = ` ${normal(typed)
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()} `;
  // In "drop the beat", the word "drop" is a verb and not a section.
  const text = plain.replace(/^ (?:please )?drop (?=the |out |all )/, " ");
  const timed = / (after|from|nach|ab|until|before|bis|for the first|despues de|apres) /.exec(text);
  if (timed !== null) {
    const wish = readPrompt(typed).wishes.find(({ kind }) => kind === "duration");
    if (wish?.kind === "duration")
      return {
        at: /until|before|bis|first/.test(timed[1] ?? "") ? "before" : "after",
        seconds: wish.seconds,
      };
  }
  const found = names.find(([pattern]) => pattern.test(text));
  return found === undefined ? undefined : { at: found[1] };
};

export const nameOfPlace = ({ at, seconds }: NonNullable<Clause["where"]>): string =>
  seconds === undefined ? `${at === "end" ? "at" : "in"} the ${at}` : `${at} ${seconds} seconds`;
