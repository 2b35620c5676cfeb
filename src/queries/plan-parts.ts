// Searches the parts of an expression or a condition, at any depth.
import type { Expression } from "./plan.ts";

interface Part {
  readonly kind?: unknown;
  readonly alias?: unknown;
  readonly parameter?: unknown;
  readonly table?: unknown;
  readonly zone?: unknown;
}

/** Whether any part of an expression or a condition, at any depth, satisfies `isIt`. */
export const mentions = (part: unknown, isIt: (part: Part) => boolean): boolean =>
  typeof part === "object" &&
  part !== null &&
  (isIt(part) || Object.values(part).some((inner) => mentions(inner, isIt)));

/** Whether a select inside the expression, at any depth, reads the table with this name. */
export const readsTable = (value: Expression, name: string): boolean =>
  mentions(value, ({ table, alias }) => table === name && alias !== undefined);
