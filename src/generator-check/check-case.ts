// Defines one case of the check: a sentence that has to be true of a generator, and the function that checks it.
import type { CheckContext } from "./context.ts";
import type { Delivery } from "./wire.ts";

export interface CheckCase {
  /** Group and name: "stream.order". */
  readonly id: string;
  /** The requirement for the generator, as a sentence. */
  readonly title: string;
  /** The case is checked only if the generator offers this delivery. */
  readonly delivery?: Delivery;
  /** The remedy if the case fails, as one sentence. */
  readonly hint: string;
  /** Throws Mismatch or SkipCase. Any other error is reported as the observed result. */
  readonly run: (ctx: CheckContext) => Promise<void>;
}

/** All cases of one group. */
export const group = (
  name: string,
  cases: Readonly<Record<string, Omit<CheckCase, "id">>>,
  delivery?: Delivery,
): readonly CheckCase[] =>
  Object.entries(cases).map(([id, one]) => ({
    ...(delivery === undefined ? {} : { delivery }),
    ...one,
    id: `${name}.${id}`,
  }));
