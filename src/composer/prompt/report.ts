// Records for each wish (each thing that a prompt asks for) how it was fulfilled, or that it was not fulfilled. So no
// wish is ignored without a report.

import type { Wish } from "./reading.ts";

export interface Report {
  /**
   * Call `done` for a fulfilled wish. `phrase` tells people how the wish is fulfilled; an empty `phrase` adds nothing
   * to `understood`.
   */
  done(wish: Wish, phrase: string): void;
  /**
   * Call `near` if the wish can't be fulfilled and something similar, which `phrase` names, is used instead. The
   * replacement is reported as understood, and the wish as not understood.
   */
  near(wish: Wish, phrase: string): void;
  /**
   * Call `refused` for a wish without an effect. From then on, `understood` has no phrase of this wish: phrases of
   * earlier and later calls of `done` and `near` for the wish are left out.
   */
  refused(wish: Wish): void;
  /** Adds to `understood` a phrase that belongs to no wish. */
  note(phrase: string): void;
  /** Whether `done`, `near` or `refused` was called for the wish. */
  isSettled(wish: Wish): boolean;
  /** The phrases in the order of the calls, each phrase only once. */
  readonly understood: readonly string[];
  /**
   * Returns the words of the wishes that were not fulfilled, as they were typed, and then the texts of `unknown`. A
   * wish was not fulfilled if `near`, `refused` or none of the methods was called for it. A negated wish begins with
   * "no". Each text appears only once.
   */
  notUnderstood(wishes: readonly Wish[], unknown: readonly string[]): readonly string[];
}

export const createReport = (): Report => {
  const settled = new Set<Wish>();
  const missed = new Set<Wish>();
  const withdrawn = new Set<Wish>();
  const phrases: { readonly wish: Wish | undefined; readonly phrase: string }[] = [];
  const settle = (wish: Wish, phrase: string): void => {
    settled.add(wish);
    if (phrase !== "") phrases.push({ wish, phrase });
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
      withdrawn.add(wish);
    },
    note: (phrase) => void phrases.push({ wish: undefined, phrase }),
    isSettled: (wish) => settled.has(wish),
    get understood() {
      const isKept = ({ wish }: { readonly wish: Wish | undefined }): boolean =>
        wish === undefined || !withdrawn.has(wish);
      return [...new Set(phrases.filter(isKept).map(({ phrase }) => phrase))];
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
