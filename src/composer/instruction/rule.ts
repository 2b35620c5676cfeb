// One thing an instruction can ask for: looks at a clause, and says what it would change.

import type { MusicSpec } from "../spec.ts";

export interface Clause {
  readonly typed: string;
  /** As readPrompt writes words, with a space at both ends. */
  readonly text: string;
  /** What the verb says, or the verb before it. */
  readonly intent: "add" | "remove" | "change";
}

export interface Change {
  readonly changed: Partial<MusicSpec>;
  readonly said: readonly string[];
}

/** undefined: the clause doesn't speak of this. */
export type Rule = (spec: MusicSpec, clause: Clause) => Change | undefined;

/** "a bit" is half, "much" is twice as much. */
export const degreeOf = (text: string): number => {
  if (/ (?:a bit|a little|slightly|somewhat|a touch|etwas|un peu|un poco) /.test(text)) return 0.5;
  return / (?:much|a lot|far|way|very|really|viel|beaucoup|mucho) /.test(text) ? 2 : 1;
};
