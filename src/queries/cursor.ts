// Cursors of pages: where a page ends, opaque to clients and signed, good for one query, one order and one caller.
import { createHmac, timingSafeEqual } from "node:crypto";

export interface CursorContext {
  readonly key: Uint8Array;
  /** The query, its order and the caller. */
  readonly holder: string;
}

const macBytes = 16;

export function writeCursor({ key, holder }: CursorContext, values: readonly unknown[]): string {
  const payload = Buffer.from(JSON.stringify(values));
  return Buffer.concat([macOf(key, holder, payload), payload]).toString("base64url");
}

/** undefined: not one of ours, or one of another query, order or caller. */
export function readCursor({ key, holder }: CursorContext, cursor: string): readonly unknown[] | undefined {
  if (!/^[\w-]{24,4000}$/.test(cursor)) return undefined;
  const bytes = Buffer.from(cursor, "base64url");
  const payload = bytes.subarray(macBytes);
  if (!timingSafeEqual(bytes.subarray(0, macBytes), macOf(key, holder, payload))) return undefined;
  return JSON.parse(payload.toString()) as readonly unknown[];
}

const macOf = (key: Uint8Array, holder: string, payload: Uint8Array): Buffer =>
  createHmac("sha256", key)
    .update(`rondo/cursor/1\n${holder}\n`)
    .update(payload)
    .digest()
    .subarray(0, macBytes);
