// Creates a stream or a fork in a chunk file. A fork is a stream that begins with the content of another stream. If the
// path already has a stream, the result depends on that stream:
// - A stream with the same options is returned.
// - A stream with other options causes STREAM_CONFLICT.
// - An expired or deleted stream is replaced. If forks still use it, it causes STREAM_CONFLICT.
import { randomBytes } from "node:crypto";
import { notFound } from "../../../errors.ts";
import {
  beyondTheEnd,
  checkSameAgain,
  conflict,
  defaultContentType,
  headOfFork,
  isSameType,
} from "../append-rules.ts";
import type { Append, StreamOptions } from "../chunk-store.ts";
import { type Rows, type StreamRow, isExpired } from "./rows.ts";
import type { Connection } from "./schema.ts";

/**
 * Runs in a transaction of the caller. This function doesn't write the chunks of `first`, and doesn't close the stream
 * if `first.close` is true: the caller does both. Of `first`, this function stores only the value of `first.close`, in
 * the column `createdClosed`. Errors:
 * - STREAM_CONFLICT, as the top of this file says, and if the stream to fork was deleted or has another content type;
 * - NOT_FOUND, if the stream to fork is missing;
 * - INVALID_OFFSET, if the fork position is beyond the end of the stream to fork, or if `options.fork.head` (the bytes
 *   with which the fork begins) is longer than the fork position.
 */
export type CreateRow = (
  path: string,
  options: StreamOptions,
  first: Append | undefined,
  nowMs: number,
) => { readonly created: boolean; readonly row: StreamRow };

type Given = Omit<
  StreamRow,
  "streamRow" | "tail" | "closed" | "forks" | "deleted" | "sequence" | "heldUntilMs"
>;

export function createCreateRow(db: Connection, rows: Rows): CreateRow {
  const insert = db.prepare<
    StreamRow,
    [Record<string, string | number | Uint8Array | null>]
  >(`insert into streams
    (path, id, contentType, tail, closed, createdClosed, createdAtMs, touchedAtMs, ttlSeconds, expiresAtMs,
     givenTtlSeconds, givenExpiresAtMs, sequence, forkRow, forkPath, forkPosition, forkGivenPosition, head,
     forkHeadGiven, forks, deleted, changed)
    values ($path, $id, $contentType, $forkPosition, 0, $createdClosed, $createdAtMs, $touchedAtMs, $ttlSeconds,
     $expiresAtMs, $givenTtlSeconds, $givenExpiresAtMs, null, $forkRow, $forkPath, $forkPosition,
     $forkGivenPosition, $head, $forkHeadGiven, 0, 0, $changed)
    returning *`);
  const hold = db.prepare<void, [number]>("update streams set forks = forks + 1 where streamRow = ?");

  return (path, options, first, nowMs) => {
    const existing = rows.find(path);
    if (existing !== null) {
      if (existing.deleted === 0 && !isExpired(existing, nowMs)) {
        checkSameAgain(givenOf(existing), options, first);
        return { created: false, row: existing };
      }
      if (existing.forks > 0) throw conflict("The path belongs to a deleted stream that forks still use.");
      rows.remove(existing);
    }
    const source = options.fork === undefined ? undefined : sourceOf(rows, options, nowMs);
    const expiry =
      options.ttlSeconds === undefined && options.expiresAtMs === undefined
        ? (source ?? unlimited)
        : unlimited;
    const forkPosition = options.fork?.position ?? source?.tail ?? 0;
    const given: Given = {
      path,
      id: newId(),
      contentType: options.contentType ?? source?.contentType ?? defaultContentType,
      createdClosed: first?.close === true ? 1 : 0,
      createdAtMs: nowMs,
      touchedAtMs: nowMs,
      ttlSeconds: options.ttlSeconds ?? expiry.ttlSeconds,
      expiresAtMs: options.expiresAtMs ?? expiry.expiresAtMs,
      givenTtlSeconds: options.ttlSeconds ?? null,
      givenExpiresAtMs: options.expiresAtMs ?? null,
      forkRow: source?.streamRow ?? null,
      forkPath: options.fork?.path ?? null,
      forkPosition,
      forkGivenPosition: options.fork?.position ?? null,
      head: options.fork === undefined ? null : headOfFork(options.fork, forkPosition, source?.head ?? null),
      forkHeadGiven: options.fork?.head === undefined ? 0 : 1,
    };
    if (source !== undefined) hold.run(source.streamRow);
    const row = insert.get({ ...given, changed: rows.nextChange() });
    if (row === null) throw new Error("The insert returned no row.");
    return { created: true, row };
  };
}

function sourceOf(rows: Rows, options: StreamOptions, nowMs: number): StreamRow {
  const { path = "", position } = options.fork ?? {};
  const source = rows.find(path);
  if (source === null || (source.deleted === 0 && isExpired(source, nowMs))) throw notFound("stream to fork");
  if (source.deleted === 1) throw conflict("The stream to fork has been deleted.");
  if (position !== undefined && position > source.tail) throw beyondTheEnd();
  if (options.contentType !== undefined && !isSameType(options.contentType, source.contentType)) {
    throw conflict("A fork has the content type of its source.");
  }
  return source;
}

const givenOf = (row: StreamRow) => ({
  contentType: row.contentType,
  ttlSeconds: row.givenTtlSeconds,
  expiresAtMs: row.givenExpiresAtMs,
  forkPath: row.forkPath,
  forkPosition: row.forkGivenPosition,
  forkHead: row.forkHeadGiven === 1 ? row.head : null,
  createdClosed: row.createdClosed === 1,
});

const unlimited = { ttlSeconds: null, expiresAtMs: null };

/** Returns a new stream id. 80 random bits make it unique. The id is short, because every offset contains the id. */
const newId = (): string => randomBytes(10).toString("hex");
