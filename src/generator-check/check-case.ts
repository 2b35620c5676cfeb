// One case of the check: a sentence that a generator has to hold, and how that is seen.
import type { CheckContext } from "./context.ts";
import type { Delivery } from "./wire.ts";

export interface CheckCase {
  /** Group and name: "stream.order". */
  readonly id: string;
  /** What the generator does, as a sentence. */
  readonly title: string;
  /** Only checked where the generator offers this delivery. */
  readonly delivery?: Delivery;
  /** What to do where it fails, as one sentence. */
  readonly hint: string;
  /** Throws Mismatch or SkipCase. Any other error is reported as what came. */
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
