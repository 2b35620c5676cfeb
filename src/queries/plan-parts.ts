// Looks through the parts of an expression or a condition, however deep they are.
import type { Expression } from "./plan.ts";

interface Part {
  readonly kind?: unknown;
  readonly alias?: unknown;
  readonly parameter?: unknown;
  readonly table?: unknown;
}

/** Some part of an expression or a condition, however deep, is such a one. */
export const mentions = (part: unknown, isIt: (part: Part) => boolean): boolean =>
  typeof part === "object" &&
  part !== null &&
  (isIt(part) || Object.values(part).some((inner) => mentions(inner, isIt)));

/** Some select inside of it is of this table. */
export const readsTable = (value: Expression, name: string): boolean =>
  mentions(value, ({ table, alias }) => table === name && alias !== undefined);
