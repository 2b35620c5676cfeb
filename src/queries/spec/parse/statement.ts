// Parses what a query spec runs: one statement, or several steps, which run in one transaction.
import { pointerTo, suggestionFor } from "../faults.ts";
import { describe, isObject, readChoice, readList, readObject, readString } from "../json-reader.ts";
import type { StatementPlan, StepPlan } from "../../plan.ts";
import { readCondition } from "./condition.ts";
import { readExpression } from "./expression.ts";
import { readSelect } from "./select.ts";
import { readDelete, readInsert, readUpdate } from "./write.ts";
import { nothingVisible, type Reading } from "./parsing.ts";

const statements = ["select", "insert", "update", "delete"] as const;
const stepsMax = 10;

/**
 * Returns an object through which the parsers of expressions, conditions and selects call each other. They have to do
 * so because an expression can contain a condition, a condition can contain a select, and so on.
 */
export function createReading(options: Omit<Reading, "expression" | "condition" | "nestedSelect">): Reading {
  /**
   * If a part of the spec, for example a condition, can't be read, and no fault was added, this adds a fault. Otherwise
   * the query would be accepted without this part.
   */
  const orFault = <Part>(at: string, read: () => Part | undefined): Part | undefined => {
    const part = read();
    if (part === undefined && options.faults.faults.length === 0)
      options.faults.add(at, "This part of the spec can't be read.", "Compare it with the spec language.");
    return part;
  };
  const reading: Reading = {
    ...options,
    expression: (at, raw, visible, expected) =>
      orFault(at, () => readExpression(reading, at, raw, visible, expected)),
    condition: (at, raw, visible) => orFault(at, () => readCondition(reading, at, raw, visible)),
    nestedSelect: (at, raw, around, nestedAs) =>
      readSelect(reading, at, raw, {
        around,
        nestedAs,
        paged: false,
        columns: nestedAs === undefined && at.endsWith("/exists") ? "optional" : "needed",
      }),
  };
  return reading;
}

function readStatement(
  reading: Reading,
  at: string,
  raw: unknown,
  paged: boolean,
): StatementPlan | undefined {
  const { faults } = reading;
  const kind = isObject(raw) ? statements.find((one) => Object.hasOwn(raw, one)) : undefined;
  if (kind === undefined || !isObject(raw)) {
    const wrong = isObject(raw) ? (Object.keys(raw)[0] ?? "") : "";
    return faults.add(at, "A statement is needed here.", suggestionFor(wrong, [...statements, "steps"]));
  }
  const body = readObject(faults, at, raw, { required: [kind] })?.[kind];
  const here = pointerTo(at, kind);
  switch (kind) {
    case "select":
      return readSelect(reading, here, body, {
        around: nothingVisible,
        nestedAs: undefined,
        paged,
        columns: "needed",
      });
    case "insert":
      return readInsert(reading, here, body);
    case "update":
      return readUpdate(reading, here, body);
    case "delete":
      return readDelete(reading, here, body);
  }
}

export interface QueryPlan {
  readonly steps: readonly StepPlan[];
  /** The name of the step whose rows are the result: the step that the spec names, otherwise the last step. */
  readonly answer: string;
}

/**
 * Adds the faults of the query to `reading.faults`. If a fault prevents a plan, returns undefined. Other faults, such
 * as an unknown property or a repeated name of a step, don't prevent a plan. So the caller must check `reading.faults`
 * even if there is a plan.
 */
export function readQuery(reading: Reading, at: string, raw: unknown, paged: boolean): QueryPlan | undefined {
  if (!isObject(raw) || raw.steps === undefined) {
    const statement = readStatement(reading, at, raw, paged);
    return statement === undefined
      ? undefined
      : { steps: [{ name: "query", statement, expect: undefined }], answer: "query" };
  }
  const { faults, steps: known } = reading;
  readObject(faults, at, raw, { required: ["steps"], optional: ["answer"] });
  const list = readList(faults, pointerTo(at, "steps"), raw.steps, "steps");
  if (list === undefined) return undefined;
  if (list.length === 0 || list.length > stepsMax)
    return faults.add(pointerTo(at, "steps"), `One to ${stepsMax} steps are allowed.`);
  const steps = list.map((one, index) => readStep(reading, pointerTo(pointerTo(at, "steps"), index), one));
  const last = list.at(-1);
  const answer = raw.answer ?? (isObject(last) ? last.name : undefined);
  if (raw.answer === undefined && typeof answer !== "string") return undefined;
  if (typeof answer !== "string" || !known.has(answer)) {
    return faults.add(
      pointerTo(at, "answer"),
      `No step is called ${describe(answer)}.`,
      suggestionFor(String(answer), [...known.keys()]),
    );
  }
  return steps.every((step) => step !== undefined) ? { steps, answer } : undefined;
}

function readStep(reading: Reading, at: string, raw: unknown): StepPlan | undefined {
  const { faults, steps } = reading;
  if (!isObject(raw)) return faults.add(at, `A step is needed here, not ${describe(raw)}.`);
  const { name: rawName, expect: rawExpect, ...rest } = raw;
  const name = readString(faults, pointerTo(at, "name"), rawName, "The step's name");
  const expect =
    rawExpect === undefined
      ? undefined
      : readChoice(faults, pointerTo(at, "expect"), rawExpect, ["rows", "none"]);
  if (name !== undefined && steps.has(name))
    faults.add(pointerTo(at, "name"), `Another step is called "${name}" already.`);
  const statement = readStatement(reading, at, rest, false);
  if (name !== undefined) steps.set(name, { columns: statement?.columns });
  return name === undefined || statement === undefined ? undefined : { name, statement, expect };
}
