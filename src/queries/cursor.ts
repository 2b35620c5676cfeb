// Cursors of pages: where a page ends, opaque to clients and signed, good for one query, one order and one caller.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export interface CursorContext {
  readonly key: Uint8Array;
  /** The query, its order and the caller. */
  readonly holder: string;
}

/** In the place of a text that is too long for a URL: how it begins, and a hash to know it again. */
export interface ShortenedText {
  readonly start: string;
  readonly hash: string;
}

const macBytes = 16;
/** Texts above it are shortened, so that a cursor of many of them still fits into a URL. */
const textUnitsMax = 100;
const startUnits = 32;
/** Far above what shortened texts come to; only ids may make a cursor longer than a few hundred characters. */
export const cursorLengthMax = 16_000;

export interface CursorValue {
  readonly value: unknown;
  /** An id finds the row again, so it stays as it is. */
  readonly isId: boolean;
}

export function writeCursor({ key, holder }: CursorContext, values: readonly CursorValue[]): string {
  const written = values.map(({ value, isId }) => (isId ? value : shortened(value)));
  const payload = Buffer.from(JSON.stringify(written));
  return Buffer.concat([macOf(key, holder, payload), payload]).toString("base64url");
}

/** undefined: not one of ours, or one of another query, order or caller. */
export function readCursor({ key, holder }: CursorContext, cursor: string): readonly unknown[] | undefined {
  if (cursor.length < 24 || cursor.length > cursorLengthMax || !/^[\w-]+$/.test(cursor)) return undefined;
  const bytes = Buffer.from(cursor, "base64url");
  const payload = bytes.subarray(macBytes);
  if (!timingSafeEqual(bytes.subarray(0, macBytes), macOf(key, holder, payload))) return undefined;
  return JSON.parse(payload.toString()) as readonly unknown[];
}

const shortened = (value: unknown): unknown =>
  typeof value === "string" && value.length > textUnitsMax ? shortenedOf(value) : value;

/** The start ends before a surrogate pair that would be cut. */
const shortenedOf = (text: string): ShortenedText => ({
  start: text.slice(0, startUnits).replace(/[\ud800-\udbff]$/, ""),
  hash: createHash("sha256").update(text).digest("base64url").slice(0, 22),
});

export const isShortened = (value: unknown): value is ShortenedText =>
  typeof value === "object" && value !== null && "hash" in value;

/** The whole text, where the row still holds the one that was shortened; else the place where it would begin. */
export const lengthened = ({ start, hash }: ShortenedText, now: unknown): string =>
  typeof now === "string" && now.length > textUnitsMax && shortenedOf(now).hash === hash ? now : start;

const macOf = (key: Uint8Array, holder: string, payload: Uint8Array): Buffer =>
  createHmac("sha256", key)
    .update(`rondo/cursor/1\n${holder}\n`)
    .update(payload)
    .digest()
    .subarray(0, macBytes);
