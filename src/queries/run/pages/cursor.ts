// Writes and reads the cursors of pages. A cursor marks the end of a page. It is opaque to clients, signed, and valid
// for one query, one order and one caller.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { ValueType } from "../../plan.ts";

export interface CursorContext {
  readonly key: Uint8Array;
  /** The query, its order and the caller for whom the cursor is valid. */
  readonly holder: string;
}

/**
 * Replaces a text that is too long for a URL. The replacement has the beginning and a hash of the text. If the row of
 * the cursor (the row at the end of the page) still has a text with this hash, `lengthened` takes the text from this
 * row.
 */
export interface ShortenedText {
  readonly start: string;
  readonly hash: string;
}

const macBytes = 16;
/**
 * The maximum length of a text in a cursor, in UTF-16 code units. A longer text is shortened, so that a cursor with
 * several texts fits into a URL.
 */
const textUnitsMax = 100;
const startUnits = 32;
/**
 * The maximum length of a cursor that is read, in characters. Most cursors have at most a few
 * hundred characters, because texts are shortened. Only long ids, which are not shortened, make a
 * cursor longer.
 */
export const cursorLengthMax = 16_000;

export interface CursorValue {
  readonly value: unknown;
  /** Whether the value is an id. Ids are never shortened, because the row is found by its id. */
  readonly isId: boolean;
}

export function writeCursor({ key, holder }: CursorContext, values: readonly CursorValue[]): string {
  const written = values.map(({ value, isId }) => (isId ? value : shortened(value)));
  const payload = Buffer.from(JSON.stringify(written));
  return Buffer.concat([macOf(key, holder, payload), payload]).toString("base64url");
}

/**
 * Returns the values of the cursor. A shortened text is a `ShortenedText`. Returns undefined if the
 * cursor is malformed, was not signed with `key`, or belongs to another query, order or caller.
 */
export function readCursor({ key, holder }: CursorContext, cursor: string): readonly unknown[] | undefined {
  if (cursor.length < 24 || cursor.length > cursorLengthMax || !/^[\w-]+$/.test(cursor)) return undefined;
  const bytes = Buffer.from(cursor, "base64url");
  const payload = bytes.subarray(macBytes);
  if (!timingSafeEqual(bytes.subarray(0, macBytes), macOf(key, holder, payload))) return undefined;
  return JSON.parse(payload.toString()) as readonly unknown[];
}

const shortened = (value: unknown): unknown =>
  typeof value === "string" && value.length > textUnitsMax ? shortenedOf(value) : value;

/** Shortens a text without splitting a surrogate pair. */
const shortenedOf = (text: string): ShortenedText => ({
  start: text.slice(0, startUnits).replace(/[\ud800-\udbff]$/, ""),
  hash: createHash("sha256").update(text).digest("base64url").slice(0, 22),
});

export const isShortened = (value: unknown): value is ShortenedText =>
  typeof value === "object" && value !== null && "hash" in value;

/**
 * `lengthened` appends this to the `start` of a shortened text, so that the result sorts after every text that begins
 * with `start`. U+10FFFF is the last code point and never a character.
 */
const textEnd = "\u{10ffff}".repeat(500);
/** Does the same as `textEnd` for bytes in base64. In base64, "/" has the highest value: six bits that are all 1. */
const bytesEnd = "/".repeat(1_000);

/**
 * Returns the full text, if the row still contains it. If the row is missing or now has another text, the full text is
 * unknown, and a substitute is returned. With the substitute, the page contains every row whose text has the same
 * beginning. So the page skips no row, but can repeat rows:
 * - If `pageHas` is "greater", the substitute is the beginning, which sorts before all texts with this beginning.
 * - If `pageHas` is "smaller", the substitute sorts after all texts with this beginning.
 */
export function lengthened({ start, hash }: ShortenedText, { now, pageHas, type }: LengthenedBy): string {
  if (typeof now === "string" && now.length > textUnitsMax && shortenedOf(now).hash === hash) return now;
  if (pageHas === "greater") return start;
  return start + (type === "bytes" ? bytesEnd : textEnd);
}

interface LengthenedBy {
  /** The value that the row has now. */
  readonly now: unknown;
  /** Whether the rows of the page have greater or smaller values than the row of the cursor. */
  readonly pageHas: "greater" | "smaller";
  readonly type: ValueType;
}

const macOf = (key: Uint8Array, holder: string, payload: Uint8Array): Buffer =>
  createHmac("sha256", key)
    .update(`rondo/cursor/1\n${holder}\n`)
    .update(payload)
    .digest()
    .subarray(0, macBytes);
