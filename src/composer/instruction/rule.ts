// One kind of change: a rule reads a clause and returns the change that it asks for.

import type { MusicSpec } from "../spec.ts";

export interface Clause {
  readonly typed: string;
  /** In the form of readPrompt's words, with a space at both ends. */
  readonly text: string;
  /** The intent of the verb in this clause, or of the last verb before it. */
  readonly intent: "add" | "remove" | "change";
}

export interface Change {
  readonly changed: Partial<MusicSpec>;
  readonly said: readonly string[];
}

/** undefined: the clause is not about this rule. */
export type Rule = (spec: MusicSpec, clause: Clause) => Change | undefined;

/** "a bit" means half, "much" means twice as much. */
export const degreeOf = (text: string): number => {
  if (/ (?:a bit|a little|slightly|somewhat|a touch|etwas|un peu|un poco) /.test(text)) return 0.5;
  return / (?:much|a lot|far|way|very|really|viel|beaucoup|mucho) /.test(text) ? 2 : 1;
};
