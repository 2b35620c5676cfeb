// Defines one case of the check: a statement that must be true for a generator, and the function that checks it.
import type { CheckContext } from "./context.ts";
import type { Delivery } from "./wire.ts";

export interface CheckCase {
  /** The group and the name, such as "stream.order". */
  readonly id: string;
  /** The requirement as a sentence. */
  readonly title: string;
  /**
   * The delivery that the case needs, if any. If the generator doesn't offer this delivery, or the
   * command excludes this delivery, the case is skipped.
   */
  readonly delivery?: Delivery;
  /** One sentence that tells how to correct the fault. */
  readonly hint: string;
  /**
   * Throws Mismatch if the statement is not true, and SkipCase if the statement can't be checked.
   * The case also fails after any other error, which is reported as the observed result.
   */
  readonly run: (ctx: CheckContext) => Promise<void>;
}

/**
 * Returns the cases of one group, with the name of the group in their ids. A case without a
 * `delivery` gets the `delivery` of the group.
 */
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
