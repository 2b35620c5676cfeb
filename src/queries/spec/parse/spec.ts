// Reads one spec file, and adds its faults to a list. If `name`, `summary`, `method`, `scope` or `returns` is missing
// or can't be read, the query itself is not read.
import { cursorLengthMax } from "../../run/pages/cursor.ts";
import { type FaultList, pointerTo } from "../faults.ts";
import {
  describe,
  isObject,
  readChoice,
  readInteger,
  readList,
  readObject,
  readString,
} from "../json-reader.ts";
import type { Parameter } from "../parameter.ts";
import type { Guards, Returns, StatementPlan } from "../../plan.ts";
import { readParameters } from "./parameters.ts";
import { createReading, type QueryPlan, readQuery } from "./statement.ts";
import type { Schema, Scope } from "./parsing.ts";

export type Method = "GET" | "POST";

interface PageSize {
  readonly default: number;
  readonly max: number;
  /** Whether the result contains the number of rows on all pages. */
  readonly total: boolean;
}

/** A named query that was checked against the schema. */
export interface Query {
  readonly name: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly method: Method;
  readonly scope: Scope;
  readonly tables: readonly string[];
  /**
   * The declared parameters, followed by those that Rondo adds: `limit`, `after` and `before` if the result is a page,
   * and `orderBy` if the caller can choose between several sort orders.
   */
  readonly parameters: readonly Parameter[];
  readonly plan: QueryPlan;
  readonly returns: Returns;
  readonly page: PageSize | undefined;
  readonly guards: Guards;
}

/** The default of each limit that a spec does not set. */
const guardDefaults: Guards = { timeoutMs: 2_000, maxRows: 1_000, maxBytes: 2_000_000 };
/** The highest limits that a spec can set. */
const guardLimits: Guards = { timeoutMs: 30_000, maxRows: 10_000, maxBytes: 20_000_000 };

/** If the result is undefined, a fault was added. Use the returned query only if the list of faults is empty. */
export function readSpec(
  faults: FaultList,
  schema: Schema,
  raw: unknown,
  fileName: string,
): Query | undefined {
  const read = readObject(faults, "", raw, {
    required: ["name", "summary", "method", "scope", "tables", "query", "returns"],
    optional: ["$schema", "description", "parameters", "page", "guards"],
  });
  if (read === undefined) return undefined;
  const name = readString(faults, "/name", read.name, "A name");
  const summary = readString(faults, "/summary", read.summary, "A sentence that says what the query gives");
  const method = readChoice<Method>(faults, "/method", read.method, ["GET", "POST"]);
  const scope = readChoice<Scope>(faults, "/scope", read.scope, ["user", "business"]);
  const returns = readChoice<Returns>(faults, "/returns", read.returns, ["one", "maybe", "many", "page"]);
  const guards = readGuards(faults, read.guards);
  const declared = readParameters(faults, "/parameters", read.parameters);
  if (name !== undefined) checkName(faults, name, fileName);
  if (
    name === undefined ||
    summary === undefined ||
    method === undefined ||
    scope === undefined ||
    returns === undefined
  )
    return undefined;

  const reading = createReading({
    faults,
    schema,
    scope,
    maxRows: guards.maxRows,
    parameters: new Map(declared.map((parameter) => [parameter.name, parameter])),
    steps: new Map(),
    usedParameters: new Set(),
    usedTables: new Set(),
  });
  const faultsBefore = faults.faults.length;
  const plan = readQuery(reading, "/query", read.query, returns === "page");
  // A query with faults is not checked for unused parameters and tables, because a part that could not be read might
  // use them.
  if (faults.faults.length === faultsBefore)
    checkDeclarations(faults, declared, reading.usedParameters, read.tables, reading.usedTables);
  const page = readPage(faults, read.page, returns, guards);
  if (plan === undefined) return undefined;
  checkMethod(faults, method, plan);
  checkReturns(faults, returns, plan);
  const own = ownParameters(plan, page);
  for (const { name: taken } of own.filter((one) => declared.some((other) => other.name === one.name))) {
    faults.add(
      pointerTo("/parameters", taken),
      `The engine already defines the parameter "${taken}" here.`,
      "Leave it out.",
    );
  }
  return {
    name,
    summary,
    description: typeof read.description === "string" ? read.description : undefined,
    method,
    scope,
    tables: [...reading.usedTables].sort(),
    parameters: [...declared, ...own],
    plan,
    returns,
    page,
    guards,
  };
}

function checkName(faults: FaultList, name: string, fileName: string): void {
  if (!/^[a-z][A-Za-z0-9]{0,39}\.[a-z][A-Za-z0-9]{0,39}$/.test(name)) {
    faults.add(
      "/name",
      `"${name}" is not a valid name for a query.`,
      'A name has the form entity.verb, for example "tracks.list".',
    );
  } else if (fileName !== `${name}.json`) {
    faults.add(
      "/name",
      `The query is called "${name}", but its file is ${fileName}.`,
      `Rename the file to ${name}.json.`,
    );
  }
}

function readGuards(faults: FaultList, raw: unknown): Guards {
  if (raw === undefined) return guardDefaults;
  const read = readObject(faults, "/guards", raw, { optional: ["timeoutMs", "maxRows", "maxBytes"] });
  const guard = (key: keyof Guards) =>
    read?.[key] === undefined
      ? guardDefaults[key]
      : (readInteger(faults, pointerTo("/guards", key), read[key], { min: 1, max: guardLimits[key] }) ??
        guardDefaults[key]);
  return { timeoutMs: guard("timeoutMs"), maxRows: guard("maxRows"), maxBytes: guard("maxBytes") };
}

function readPage(faults: FaultList, raw: unknown, returns: Returns, guards: Guards): PageSize | undefined {
  if (returns !== "page") {
    if (raw !== undefined) faults.add("/page", '"page" is allowed only with "returns": "page".');
    return undefined;
  }
  const read =
    raw === undefined
      ? {}
      : (readObject(faults, "/page", raw, { optional: ["default", "max", "total"] }) ?? {});
  const most = guards.maxRows;
  const max =
    read.max === undefined
      ? Math.min(100, most)
      : (readInteger(faults, "/page/max", read.max, { min: 1, max: most }) ?? 100);
  const standard =
    read.default === undefined
      ? Math.min(20, max)
      : (readInteger(faults, "/page/default", read.default, { min: 1, max }) ?? 20);
  if (read.total !== undefined && typeof read.total !== "boolean")
    faults.add("/page/total", "The value has to be true or false.");
  return { default: standard, max, total: read.total === true };
}

function checkDeclarations(
  faults: FaultList,
  declared: readonly Parameter[],
  usedParameters: ReadonlySet<string>,
  rawTables: unknown,
  usedTables: ReadonlySet<string>,
): void {
  for (const { name } of declared) {
    const here = pointerTo("/parameters", name);
    if (!usedParameters.has(name))
      faults.add(here, `"${name}" is declared but not used.`, "Use it or leave it out.");
  }
  const tables = readList(faults, "/tables", rawTables, "tables");
  if (tables === undefined || faults.faults.length > 0) return;
  for (const [index, table] of tables.entries()) {
    if (!usedTables.has(String(table)))
      faults.add(pointerTo("/tables", index), `The query does not use ${describe(table)}.`, "Leave it out.");
  }
  for (const table of usedTables) {
    if (!tables.includes(table))
      faults.add("/tables", `The query uses "${table}", which is not in "tables".`, `Add "${table}".`);
  }
}

const isWrite = ({ kind }: StatementPlan) => kind !== "select";

function checkMethod(faults: FaultList, method: Method, { steps }: QueryPlan): void {
  const writes = steps.some(({ statement }) => isWrite(statement));
  if (method === "GET" && writes)
    faults.add("/method", "A query that writes is called with POST.", 'Write "POST".');
  if (method === "GET" && !writes && steps.length > 1)
    faults.add(
      "/query/steps",
      "A query that only reads has exactly one select.",
      "Join or nest the other tables.",
    );
  if (method === "POST" && !writes)
    faults.add("/method", "A query that only reads is called with GET.", 'Write "GET".');
}

function checkReturns(faults: FaultList, returns: Returns, { steps, answer }: QueryPlan): void {
  const statement = steps.find(({ name }) => name === answer)!.statement;
  if (returns === "page" && (statement.kind !== "select" || steps.length > 1)) {
    faults.add("/returns", 'Only a single select gives a "page".', 'Write "many".');
  }
  if (statement.columns.length === 0) {
    faults.add(
      "/query",
      "The answer has no columns.",
      isObject(statement) && statement.kind === "select"
        ? 'Name them in "columns".'
        : 'Name the columns of the answer in "returning".',
    );
  }
  for (const step of steps) {
    if (step.statement.kind === "select" && step.name !== answer && step.statement.orders.length > 1) {
      faults.add("/query/steps", `The step "${step.name}" is not the answer, so its order can't be chosen.`);
    }
  }
}

const text = {
  type: "string",
  format: undefined,
  minLength: 1,
  maxLength: 2_000,
  pattern: undefined,
  choices: undefined,
  scale: 0,
} as const;

function ownParameters({ steps, answer }: QueryPlan, page: PageSize | undefined): readonly Parameter[] {
  const statement = steps.find(({ name }) => name === answer)!.statement;
  const orders = statement.kind === "select" ? statement.orders : [];
  const parameters: Parameter[] = [];
  if (page !== undefined) {
    const cursor = {
      shape: { ...text, maxLength: cursorLengthMax },
      optional: true,
      nullable: false,
      default: undefined,
    };
    parameters.push(
      {
        name: "limit",
        description: "The maximum number of rows.",
        shape: { type: "integer", minimum: 1, maximum: page.max },
        optional: false,
        nullable: false,
        default: page.default,
      },
      {
        name: "after",
        description:
          "The value `next` of an earlier answer. The query then returns the page that follows that answer.",
        ...cursor,
      },
      {
        name: "before",
        description:
          "The value `previous` of an earlier answer. The query then returns the page that precedes that answer.",
        ...cursor,
      },
    );
  }
  if (orders.length > 1) {
    parameters.push({
      name: "orderBy",
      description: "The order of the rows.",
      shape: { ...text, choices: orders.map(({ name }) => name) },
      optional: false,
      nullable: false,
      default: orders[0]!.name,
    });
  }
  return parameters;
}
