// Checks the parameters of a call against the declared parameters, and reports several faults in one error.
import { AppError, type Fault } from "../../errors.ts";
import { suggestionFor } from "../spec/faults.ts";
import type { Parameter } from "../spec/parameter.ts";
import { checkOf, type ParameterCheck } from "../spec/parameter-check.ts";

/**
 * "text": the values come from a query string. If a name occurs there several times, its values are a list. "json": the
 * values come from a JSON body.
 */
export type CallSource = "text" | "json";

export type ReadCall = (
  given: Readonly<Record<string, unknown>>,
  source: CallSource,
) => Readonly<Record<string, unknown>>;

const faultsMax = 50;

/**
 * Returns a function that checks the parameters of a call of one query. The returned function
 * returns the values to bind, with the defaults of parameters that were not sent. An optional
 * parameter that was not sent has no value. If there are faults, the function throws
 * INVALID_PARAMETER with the first 50 faults.
 */
export function callReaderOf(parameters: readonly Parameter[]): ReadCall {
  const checks = new Map<string, ParameterCheck>(
    parameters.map((parameter) => [parameter.name, checkOf(parameter)]),
  );
  const demanded = parameters.filter(({ optional }) => !optional);

  return (given, source) => {
    // The object has no prototype, so that a parameter can have a name such as "constructor".
    const values: Record<string, unknown> = Object.create(null);
    const faults: Fault[] = [];
    for (const name in given) {
      const check = checks.get(name);
      if (check === undefined) {
        if (faults.length < faultsMax) faults.push(unknownParameter(name, checks));
        continue;
      }
      const raw = given[name];
      if (raw === undefined) continue;
      const value = (source === "text" ? check.fromText : check.fromJson)(raw, name, faults);
      if (value !== undefined) values[name] = value;
    }
    for (const { name, default: standard } of demanded) {
      if (values[name] !== undefined) continue;
      if (standard !== undefined && !faults.some(({ at }) => at === name)) values[name] = standard;
      else if (!Object.hasOwn(given, name) || given[name] === undefined)
        faults.push({ at: name, message: "It is missing." });
    }
    if (faults.length > 0) throw badParameters(faults.slice(0, faultsMax));
    return values;
  };
}

const unknownParameter = (name: string, known: ReadonlyMap<string, unknown>): Fault => {
  const at = name.slice(0, 100);
  const hint = suggestionFor(at, [...known.keys()]) ?? "This query takes no parameters.";
  return { at, message: "There is no such parameter.", hint };
};

export const badParameters = (faults: readonly Fault[]): AppError =>
  new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", { faults });
