// Parses the rule that stops a run of migrations, and checks whether the run must stop. The rule limits the failures to
// a number, or to a share of the businesses that were tried.
import { AppError } from "../../errors.ts";

export type StopRule = { readonly failures: number } | { readonly share: number };

interface Progress {
  readonly failed: number;
  readonly finished: number;
  readonly total: number;
}

/**
 * While fewer businesses than this are finished, the share of failures is computed as if this many
 * were finished. So with a limit of 5 %, one failure at the beginning (1 of 20) does not stop the run.
 */
const finishedMin = 20;

/**
 * `text` is a number of failures (1 or more), or a share from `0%` to `100%` with at most
 * one decimal. Throws INVALID_PARAMETER otherwise.
 */
export function parseStopRule(text: string): StopRule {
  const [, number = "", percent] = /^(\d{1,6}|\d{1,3}\.\d)(%)?$/.exec(text) ?? [];
  const value = Number(number);
  if (number !== "" && percent === undefined && value >= 1 && Number.isInteger(value))
    return { failures: value };
  if (number !== "" && percent !== undefined && value <= 100) return { share: value / 100 };
  throw new AppError("INVALID_PARAMETER", "The limit of failures is not valid.", {
    faults: [
      {
        at: "stopAfter",
        message: "Give a number of failures (1 or more), or a share of the businesses, such as 5%.",
      },
    ],
  });
}

/**
 * Returns whether the run must stop. With a number, the run must stop when this number of businesses has failed. With a
 * share, the run must stop when a larger share of the finished businesses has failed. In this calculation, the number
 * of finished businesses is at least `finishedMin` (or `total`, if the fleet is smaller).
 */
export function isOver(rule: StopRule, { failed, finished, total }: Progress): boolean {
  if ("failures" in rule) return failed >= rule.failures;
  return failed > rule.share * Math.max(finished, Math.min(finishedMin, total));
}
