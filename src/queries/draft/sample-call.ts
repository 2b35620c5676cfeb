// Makes values for the parameters of a query from the declarations of the parameters. Where possible, ids refer to rows
// of the sample business.
import type { Parameter, ParameterShape } from "../spec/parameter.ts";
import { sampleText } from "./sample-text.ts";
import { ada, idOf } from "./sample-business.ts";

/**
 * Values for parameters with common names: ids of rows of the sample business, and the start and the end of a period in
 * which these rows were created.
 */
export const knownParameters: Readonly<Record<string, unknown>> = {
  projectId: idOf(ada, "project", 0),
  trackId: idOf(ada, "track", 0),
  versionId: idOf(ada, "version", 0),
  parentId: idOf(ada, "version", 0),
  generationId: idOf(ada, "generation", 3),
  requestId: idOf(ada, "generation", 3),
  userId: ada,
  from: "2026-01-01T00:00:00.000Z",
  since: "2026-01-01T00:00:00.000Z",
  to: "2026-02-01T00:00:00.000Z",
  until: "2026-02-01T00:00:00.000Z",
};

/** Returns values for the required parameters only. Optional parameters and parameters with a default are left out. */
export const sampleCall = (parameters: readonly Parameter[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    parameters
      .filter(({ optional, default: standard }) => !optional && standard === undefined)
      .map(({ name, shape }) => [name, knownFor(name, shape) ?? sampleOf(shape)]),
  );

/**
 * Returns the value of `knownParameters` for this name. For a parameter with the format "date", a time is shortened to
 * its date. Returns undefined if there is no value, or if the value doesn't fit the format (such as an id for a date).
 */
function knownFor(name: string, shape: ParameterShape): unknown {
  const known = knownParameters[name];
  if (shape.type !== "string" || known === undefined) return undefined;
  const isInstant = instantNames.has(name);
  if (shape.format === "date") return isInstant ? String(known).slice(0, 10) : undefined;
  return isInstant === (shape.format === "date-time") ? known : undefined;
}

const instantNames: ReadonlySet<string> = new Set(["from", "since", "to", "until"]);

function sampleOf(shape: ParameterShape): unknown {
  switch (shape.type) {
    case "string":
      return shape.choices?.[0] ?? textOf(shape);
    case "integer":
    case "number":
      return Math.max(shape.minimum, Math.min(shape.maximum, 10));
    case "boolean":
      return true;
    case "json":
      return { some: "json" };
    case "array":
      return [sampleOf(shape.items)];
    case "object":
      return sampleCall(shape.fields);
  }
}

function textOf(shape: Extract<ParameterShape, { type: "string" }>): string {
  const text = texts[shape.format ?? "text"].slice(0, shape.maxLength);
  if (shape.pattern !== undefined) return sampleText(shape.pattern, shape) ?? text;
  return shape.format === undefined ? text.padEnd(shape.minLength, ".") : text;
}

const texts = {
  text: "some text",
  id: idOf(ada, "track", 0),
  uuid: ada,
  "date-time": "2026-01-02T00:00:00.000Z",
  int64: "7",
  date: "2026-01-02",
  decimal: "7",
  base64: "AAEC",
} as const;
