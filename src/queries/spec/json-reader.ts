// Reads JSON values of unknown structure. If a value is wrong, each `read` function adds a fault
// and returns undefined. `at` is the JSON Pointer of the value, and the fault contains this pointer.
// If a key of an object is not allowed, the fault contains the pointer of the key.
import { exactSourceOf } from "../../exact-json.ts";
import { type FaultList, pointerTo, suggestionFor } from "./faults.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Returns whether the value is a JSON object. A number such as 1.0, which JavaScript would write as 1, is kept as a
 * JavaScript object (JSON.rawJSON). Such a number is not a JSON object.
 */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && exactSourceOf(value) === undefined;

export interface ObjectShape {
  readonly required?: readonly string[];
  readonly optional?: readonly string[];
}

/**
 * Returns the object. Adds a fault for each unknown key, for each missing key, and for a value that
 * is not an object. Returns undefined if a required key is missing or the value is not an object.
 * With an unknown key, the object is still returned.
 */
export function readObject(
  faults: FaultList,
  at: string,
  value: unknown,
  { required = [], optional = [] }: ObjectShape,
): JsonObject | undefined {
  if (!isObject(value)) {
    const keys = [...required, ...optional].map((key) => `"${key}"`).join(", ");
    return faults.add(at, `An object is needed here, not ${describe(value)}.`, `Its keys are ${keys}.`);
  }
  const known = [...required, ...optional];
  for (const key of Object.keys(value)) {
    if (!known.includes(key))
      faults.add(pointerTo(at, key), `The key "${key}" is not allowed here.`, suggestionFor(key, known));
  }
  const missing = required.filter((key) => !Object.hasOwn(value, key));
  for (const key of missing) faults.add(at, `"${key}" is missing.`);
  return missing.length > 0 ? undefined : value;
}

/** Returns the text. An empty text is a fault, too. */
export function readString(faults: FaultList, at: string, value: unknown, what: string): string | undefined {
  if (typeof value === "string" && value !== "") return value;
  return faults.add(at, `${what} is needed here, as text, not ${describe(value)}.`);
}

export function readChoice<Choice extends string>(
  faults: FaultList,
  at: string,
  value: unknown,
  choices: readonly Choice[],
): Choice | undefined {
  const found = choices.find((choice) => choice === value);
  return found ?? faults.add(at, `One of ${choices.join(", ")} is needed here, not ${describe(value)}.`);
}

export function readInteger(
  faults: FaultList,
  at: string,
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  return faults.add(at, `A whole number from ${min} to ${max} is needed here, not ${describe(value)}.`);
}

export function readList(
  faults: FaultList,
  at: string,
  value: unknown,
  what: string,
): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return faults.add(at, `A list of ${what} is needed here, not ${describe(value)}.`);
}

export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
