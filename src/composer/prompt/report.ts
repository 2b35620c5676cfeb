// Keeps count of what became of each wish, so that none is dropped in silence.

import type { Wish } from "./reading.ts";

export interface Report {
  /** The wish is fulfilled; `phrase` says how, for people. */
  done(wish: Wish, phrase: string): void;
  /** The wish is fulfilled by its nearest relative: both are named. */
  near(wish: Wish, phrase: string): void;
  refused(wish: Wish): void;
  note(phrase: string): void;
  isSettled(wish: Wish): boolean;
  readonly understood: readonly string[];
  /** In the order of the prompt, as they were typed. */
  notUnderstood(wishes: readonly Wish[], unknown: readonly string[]): readonly string[];
}

export const createReport = (): Report => {
  const settled = new Set<Wish>();
  const missed = new Set<Wish>();
  const understood = new Set<string>();
  const settle = (wish: Wish, phrase: string): void => {
    settled.add(wish);
    if (phrase !== "") understood.add(phrase);
  };
  return {
    done: settle,
    near: (wish, phrase) => {
      settle(wish, `${phrase}, the nearest to “${wish.typed}”`);
      missed.add(wish);
    },
    refused: (wish) => {
      settled.add(wish);
      missed.add(wish);
    },
    note: (phrase) => void understood.add(phrase),
    isSettled: (wish) => settled.has(wish),
    get understood() {
      return [...understood];
    },
    notUnderstood: (wishes, unknown) => [
      ...new Set([
        ...wishes
          .filter((wish) => missed.has(wish) || !settled.has(wish))
          .map(({ typed, isNegated }) => (isNegated ? `no ${typed}` : typed)),
        ...unknown,
      ]),
    ],
  };
};
