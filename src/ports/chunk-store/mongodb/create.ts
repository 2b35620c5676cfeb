// Creates a stream or a fork in MongoDB. If a stream with the same options exists at the path, the
// state of this stream is returned. If a stream with other options exists there, STREAM_CONFLICT is
// thrown. A crash before the insertion of the stream's document leaves no visible stream.
import { Binary, ObjectId } from "mongodb";
import { notFound } from "../../../errors.ts";
import {
  beyondTheEnd,
  checkSameAgain,
  conflict,
  defaultContentType,
  headOfFork,
  isSameType,
} from "../append-rules.ts";
import type { Append, StreamOptions, StreamState } from "../chunk-store.ts";
import { firstDocuments, placeAfter, tooLarge } from "./append-documents.ts";
import type { Connection } from "./connection.ts";
import type { Collections, StreamDocument } from "./documents.ts";
import { away, isDuplicateKey } from "./errors.ts";
import { type Logs, beginning } from "./log.ts";
import { type Streams, headOf, isExpired, logOf, stateOf } from "./streams.ts";

export type CreateStream = (
  path: string,
  options: StreamOptions,
  first: Append | undefined,
) => Promise<{ readonly created: boolean; readonly state: StreamState }>;

const triesMax = 10;

export function createCreateStream(
  { run, transact, deployment }: Connection,
  { streams: documents, chunks }: Collections,
  logs: Logs,
  streams: Streams,
  documentBytesMax: number,
): CreateStream {
  /**
   * Frees the path of a deleted or expired stream. Throws STREAM_CONFLICT if forks still use the
   * stream.
   */
  const clear = async (existing: StreamDocument): Promise<void> => {
    if (await streams.hasForks(existing._id)) {
      throw conflict("The path belongs to a deleted stream that forks still use.");
    }
    if (existing.state === "live") await streams.discard(existing);
    else await streams.removeUnused(existing);
  };

  const sourceOf = async ({ fork, contentType }: StreamOptions): Promise<Source | undefined> => {
    if (fork === undefined) return undefined;
    const document = await streams.find(fork.path);
    const isThere = document !== null && !(document.state === "live" && isExpired(document));
    if (!isThere) throw notFound("stream to fork");
    if (document.state === "deleted") {
      if (await streams.hasForks(document._id)) throw conflict("The stream to fork has been deleted.");
      throw notFound("stream to fork");
    }
    const { tail } = await logs.endOf(logOf(document));
    const position = fork.position ?? tail;
    if (position > tail) throw beyondTheEnd();
    if (contentType !== undefined && !isSameType(contentType, document.contentType)) {
      throw conflict("A fork has the content type of its source.");
    }
    return { document, position, head: headOfFork(fork, position, headOf(document)) };
  };

  /**
   * Inserts the first chunks and then the stream's document, because chunks without a stream's
   * document are invisible. On a replicated server, both happen in one transaction. Other servers
   * have no transactions, so the first chunks must fit in one document there.
   */
  const store = async (document: StreamDocument, first: Append | undefined): Promise<void> => {
    if (first === undefined) {
      await run(() => documents.insertOne(document));
      return;
    }
    const content = firstDocuments(document, first, documentBytesMax);
    if ((await deployment()).isReplicated) {
      await transact(async (session) => {
        await chunks.insertMany(content, { session });
        await documents.insertOne(document, { session });
      });
      return;
    }
    if (content.length > 1) throw tooLarge(documentBytesMax);
    await run(() => chunks.insertMany(content).catch(ignoreOwn));
    await run(() => documents.insertOne(document));
  };

  /** Returns undefined if a concurrent creation or deletion interfered. The caller then has to try again. */
  const tryCreate: (
    ...args: Parameters<CreateStream>
  ) => Promise<Awaited<ReturnType<CreateStream>> | undefined> = async (path, options, first) => {
    const existing = await streams.find(path);
    if (existing !== null) {
      if (existing.state === "live" && !isExpired(existing)) {
        checkSameAgain(givenOf(existing), options, first);
        return { created: false, state: stateOf(existing, await logs.endOf(logOf(existing))) };
      }
      await clear(existing);
    }
    const source = await sourceOf(options);
    const document = documentOf(path, options, first, source);
    try {
      await store(document, first);
    } catch (err) {
      if (!isDuplicateKey(err)) throw err;
      const there = await streams.find(path);
      // Either another process has created the stream, or the driver got no answer to this insert and repeated it.
      if (there?._id !== document._id) {
        await run(() => chunks.deleteMany({ stream: document._id }));
        return undefined;
      }
    }
    if (source !== undefined && !(await holdSource(source.document, document))) return undefined;
    const begun = beginning(logOf(document));
    const place =
      first === undefined ? begun : placeAfter(begun, firstDocuments(document, first, documentBytesMax));
    return { created: true, state: stateOf(document, place) };
  };

  /**
   * Call this after the fork was inserted. If another process has deleted the source in the meantime, removes the fork
   * and returns false. Otherwise returns true, and makes sure that the shared chunks stay when the source expires,
   * because the fork still reads them.
   */
  const holdSource = async (source: StreamDocument, fork: StreamDocument): Promise<boolean> => {
    const now = await run(() => documents.findOne({ _id: source._id }));
    if (now?.state !== "live") {
      await streams.discard(fork);
      return false;
    }
    const shared = fork.ancestors.map(({ id }) => id);
    if (source.expiresAt !== null) {
      await run(() =>
        chunks.updateMany({ stream: { $in: shared }, gone: { $ne: true } }, { $unset: { expireAt: 1 } }),
      );
    }
    return true;
  };

  return async (path, options, first) => {
    for (let tries = 0; tries < triesMax; tries++) {
      const result = await tryCreate(path, options, first);
      if (result !== undefined) return result;
    }
    throw away(undefined);
  };
}

interface Source {
  readonly document: StreamDocument;
  readonly position: number;
  readonly head: Uint8Array | null;
}

function documentOf(
  path: string,
  options: StreamOptions,
  first: Append | undefined,
  source: Source | undefined,
): StreamDocument {
  const now = new Date();
  const hasExpiry = options.ttlSeconds !== undefined || options.expiresAtMs !== undefined;
  const givenExpiresAt = options.expiresAtMs === undefined ? null : new Date(options.expiresAtMs);
  const ttlSeconds = options.ttlSeconds ?? (hasExpiry ? null : (source?.document.ttlSeconds ?? null));
  const expiresAt = givenExpiresAt ?? (hasExpiry ? null : (source?.document.expiresAt ?? null));
  const until = source?.position ?? 0;
  return {
    _id: new ObjectId().toHexString(),
    path,
    contentType: options.contentType ?? source?.document.contentType ?? defaultContentType,
    createdAt: now,
    createdClosed: first?.close === true,
    start: until,
    ttlSeconds,
    expiresAt,
    given: {
      ttlSeconds: options.ttlSeconds ?? null,
      expiresAt: givenExpiresAt,
      forkPath: options.fork?.path ?? null,
      forkPosition: options.fork?.position ?? null,
      ...(options.fork?.head === undefined ? {} : { hasHead: true }),
    },
    ...(source?.head ? { head: new Binary(source.head) } : {}),
    source: source?.document._id ?? null,
    ancestors:
      source === undefined
        ? []
        : [
            ...source.document.ancestors.map((ancestor) => ({
              ...ancestor,
              until: Math.min(ancestor.until, until),
            })),
            { id: source.document._id, until },
          ],
    state: "live",
    touchedAt: now,
    dueAt: expiresAt ?? (ttlSeconds === null ? null : new Date(now.getTime() + ttlSeconds * 1000)),
  };
}

const givenOf = ({ given, ...document }: StreamDocument) => ({
  contentType: document.contentType,
  createdClosed: document.createdClosed,
  ttlSeconds: given.ttlSeconds,
  expiresAtMs: given.expiresAt?.getTime() ?? null,
  forkPath: given.forkPath,
  forkPosition: given.forkPosition,
  forkHead: given.hasHead === true ? headOf(document) : null,
});

/**
 * Ignores an error for a duplicate key. The stream's id is new, so only this process inserts chunks with this id, and
 * the error means that the driver repeated the insert.
 */
function ignoreOwn(err: unknown): void {
  if (!isDuplicateKey(err)) throw err;
}
