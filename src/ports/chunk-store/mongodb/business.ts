// Reads and writes one business's streams in its MongoDB database.
import type {
  Append,
  AppendResult,
  ChunkRead,
  DeleteOptions,
  StreamFilter,
  StreamOptions,
  StreamState,
} from "../chunk-store.ts";
import { createAppends } from "./append.ts";
import type { Connection } from "./connection.ts";
import { createCreateStream } from "./create.ts";
import { createChangeNotifications, openChanges } from "./watch/change-notifications.ts";
import { collectionsOf, ensureIndexes } from "./documents.ts";
import { createLogs } from "./log.ts";
import { readStream } from "./read.ts";
import { createStreamCopies } from "./stream-copy.ts";
import { createStreams, logOf, stateOf } from "./streams.ts";
import { type Watch, createStreamWatch } from "./watch/watch.ts";

export type MongoBusiness = Awaited<ReturnType<typeof openMongoBusiness>>;

export async function openMongoBusiness(connection: Connection, database: string, documentBytesMax: number) {
  const deployment = await connection.deployment();
  const collections = collectionsOf(connection.client.db(database), deployment);
  await connection.run(() => ensureIndexes(collections));
  const logs = createLogs(connection, collections);
  const streams = createStreams(connection, collections, logs);
  const createStream = createCreateStream(connection, collections, logs, streams, documentBytesMax);
  const appends = createAppends(connection, collections, logs, streams, documentBytesMax);
  const watch = createStreamWatch(
    connection,
    collections,
    logs,
    createChangeNotifications(connection, () => openChanges(collections)),
  );

  /**
   * Returns false if there is no live stream. If another call discards the found stream first, looks for a stream
   * again.
   */
  const remove = async (path: string, how: DeleteOptions): Promise<boolean> => {
    for (;;) {
      const document = await streams.findLive(path);
      if (document === undefined) return false;
      if (await streams.discard(document, how)) return true;
    }
  };

  return {
    copies: createStreamCopies(connection, collections, logs, streams),

    async create(path: string, options: StreamOptions, first: Append | undefined) {
      const result = await createStream(path, options, first);
      if (result.created) watch.noteWrite(path);
      return result;
    },

    async append(path: string, append: Append): Promise<AppendResult> {
      const { result, place } = await appends.append(path, append);
      if (place !== undefined) watch.noteWrite(path, { stream: result.state.id, place });
      return result;
    },

    async read(path: string, position: number, maxBytes: number): Promise<ChunkRead | undefined> {
      const document = await streams.findLive(path);
      if (document === undefined) return undefined;
      const read = await readStream(logs, document, position, maxBytes);
      await streams.keepAlive(document);
      return read;
    },

    async head(path: string): Promise<StreamState | undefined> {
      const document = await streams.findLive(path);
      return document && stateOf(document, await logs.endOf(logOf(document)));
    },

    async list(filter: Omit<StreamFilter, "businessId">) {
      const documents = await streams.list(filter);
      return Promise.all(
        documents.map(async (document) => ({
          path: document.path,
          state: stateOf(document, await logs.endOf(logOf(document))),
        })),
      );
    },

    async delete(path: string, how: DeleteOptions = {}): Promise<boolean> {
      const isRemoved = await remove(path, how);
      if (isRemoved) watch.noteWrite(path);
      return isRemoved;
    },

    watch: (wanted: Watch, signal: AbortSignal) => watch.add(wanted, signal),
    sweep: () => streams.sweep(),
    close: () => watch.close(),
  };
}
