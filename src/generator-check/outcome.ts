// Defines the outcome of one case of the generator check: passed, skipped or failed.
import type { CheckCase } from "./check-case.ts";

export type Outcome = { readonly check: CheckCase; readonly seconds: number } & (
  | { readonly state: "passed" }
  | { readonly state: "skipped"; readonly reason: string }
  | { readonly state: "failed"; readonly expected: string; readonly observed: string }
);

export const countsOf = (outcomes: readonly Outcome[]) => {
  const count = (state: Outcome["state"]) => outcomes.filter((one) => one.state === state).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
};
