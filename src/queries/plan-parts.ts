// Searches the parts of an expression or a condition, at any depth.
import type { Expression, StepPlan } from "./plan.ts";

interface Part {
  readonly kind?: unknown;
  readonly alias?: unknown;
  readonly parameter?: unknown;
  readonly table?: unknown;
  readonly zone?: unknown;
  readonly step?: unknown;
}

/** Whether any part of an expression or a condition, at any depth, satisfies `isIt`. */
export const mentions = (part: unknown, isIt: (part: Part) => boolean): boolean =>
  typeof part === "object" &&
  part !== null &&
  (isIt(part) || Object.values(part).some((inner) => mentions(inner, isIt)));

/** Whether a select inside the expression, at any depth, reads the table with this name. */
export const readsTable = (value: Expression, name: string): boolean =>
  mentions(value, ({ table, alias }) => table === name && alias !== undefined);

/** Whether another step uses the number of rows that this step reads or changes. */
export const isCounted = (steps: readonly StepPlan[], { name }: StepPlan): boolean =>
  mentions(steps, ({ kind, step }) => kind === "stepChanges" && step === name);
