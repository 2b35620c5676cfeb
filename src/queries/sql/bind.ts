// Binds the values of a call to the slots of a statement. A statement's binder is created one time
// and runs at every call.
import { foldText } from "../../ports/database/fold-text.ts";
import type { SqlRow, SqlValue } from "../../ports/database/database.ts";
import { ownedWords, wantedWords } from "../../ports/database/search-words.ts";
import { wholeOf } from "../../ports/database/decimals.ts";
import type { ValueType } from "../plan.ts";
import type { Slot } from "./slot.ts";

export interface StepOutcome {
  readonly rows: readonly SqlRow[];
  readonly changes: number;
}

export interface CallValues {
  /** The checked parameters, by name. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The id of the calling user; empty for a query of the business. */
  readonly userId: string;
  /** The time of the call; empty if no statement uses it. */
  readonly now: string;
  newId(): string;
  /** The number of rows of a page. The slot `pageLimit` gets one more, to detect a next page. */
  readonly limit: number;
  readonly cursor: readonly unknown[];
  /**
   * Set only for a search without the search index. Such a search reads the rows in the order of the page, up to a row
   * that is called the edge. `edge` contains the values of the edge in the columns by which the rows are sorted.
   */
  readonly edge?: readonly unknown[];
  /** The outcomes of earlier steps, by name. A value from a missing step or row is null. */
  readonly steps: ReadonlyMap<string, StepOutcome>;
}

type Bind = (call: CallValues) => SqlValue;

export function binderOf(slots: readonly Slot[]): (call: CallValues) => SqlValue[] {
  const binds = slots.map(bindOf);
  const { length } = binds;
  return (call) => {
    const values: SqlValue[] = new Array(length);
    for (let at = 0; at < length; at += 1) values[at] = binds[at]!(call);
    return values;
  };
}

function bindOf(slot: Slot): Bind {
  switch (slot.slot) {
    case "parameter": {
      const { name } = slot;
      if (slot.folded) return ({ parameters }) => foldText(parameters[name] as string);
      return ({ parameters }) => parameters[name] as SqlValue;
    }
    case "list":
      return ({ parameters }) => listText(parameters[slot.name] as readonly unknown[]);
    case "items":
      return ({ parameters, newId }) =>
        itemsText(parameters[slot.name] as readonly Record<string, unknown>[], slot.ids, newId);
    case "search": {
      const { text, owned } = slot;
      const write = searchForms[slot.form];
      return ({ parameters, userId }) =>
        write(
          wantedWords("value" in text ? text.value : (parameters[text.parameter] as string)),
          owned ? userId : undefined,
        );
    }
    case "caller":
      return ({ userId }) => userId;
    case "now":
      return ({ now }) => now;
    case "newId":
      return (call) => call.newId();
    case "step":
      return ({ steps }) => stored(steps.get(slot.step)?.rows[0]?.[slot.column], slot.type);
    case "stepChanges":
      return ({ steps }) => steps.get(slot.step)?.changes ?? 0;
    case "pageLimit":
      return ({ limit }) => limit + 1;
    case "cursor":
      return ({ cursor }) => stored(cursor[slot.index], slot.type);
    case "edge":
      return ({ edge }) => stored(edge?.[slot.index], slot.type);
  }
}

type WriteSearch = (words: readonly string[], owner: string | undefined) => string;

/**
 * Each function writes the words of a search in the syntax of an engine: `fts5` (SQLite) and `tsquery` (Postgres) for a
 * search in the index, and `words` (SQLite) and `patterns` (Postgres) for the test of one row. Without words, nothing
 * is found. The words need no escaping of quotes, because a quote in the search text ends a word.
 */
const searchForms: Readonly<Record<"fts5" | "tsquery" | "words" | "patterns", WriteSearch>> = {
  fts5(words, owner) {
    if (words.length === 0) return 'words:"!"';
    const wanted = owner === undefined ? words : ownedWords(owner, words);
    const all = wanted.map((word) => `"${word}"*`).join(" AND ");
    return `${owner === undefined ? "words" : "owned"}:(${all})`;
  },
  tsquery(words, owner) {
    if (words.length === 0) return "'!'";
    const wanted = owner === undefined ? words : ownedWords(owner, words, "=");
    return wanted.map((word) => `'${word}':*`).join(" & ");
  },
  words: (words) => words.join(" "),
  // Words contain no characters with a meaning in a pattern or an array. No row contains the word "!".
  patterns: (words) => `{${(words.length === 0 ? ["!"] : words).map((word) => `"% ${word}%"`).join(",")}}`,
};

/**
 * Turns a value of a row or a cursor into a value to bind. In rows and cursors, an integer beyond 2^53 is a string of
 * digits.
 */
function stored(value: unknown, type: ValueType): SqlValue {
  if (value === null || value === undefined) return null;
  if (type === "bigint" && typeof value === "string") return BigInt(value);
  if (type === "decimal") return wholeOf(value);
  if (type === "bytes" && typeof value === "string") return new Uint8Array(Buffer.from(value, "base64"));
  return value as SqlValue;
}

const listText = (list: readonly unknown[]): string =>
  `[${list.map((value) => (typeof value === "bigint" ? value.toString() : JSON.stringify(inJson(value)))).join(",")}]`;

/** Prepares a value for JSON: bytes become a base64 string, and any other value stays as it is. */
const inJson = (value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;

const itemsText = (items: readonly Record<string, unknown>[], ids: number, newId: () => string): string =>
  JSON.stringify(
    items.map((item) => ({
      ...Object.fromEntries(Object.entries(item).map(([name, value]) => [name, inJson(value)])),
      ...Object.fromEntries(Array.from({ length: ids }, (_, at) => [`~${at}`, newId()])),
    })),
    (_, value) => (typeof value === "bigint" ? value.toString() : value),
  );
