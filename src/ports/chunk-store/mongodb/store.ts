// Opens a chunk store with one MongoDB database per business. Any number of processes can write to
// the store at the same time, and generators can write to it directly.
import type { ChunkStore } from "../chunk-store.ts";
import type { StreamCopy } from "../stream-copy.ts";
import { type MongoChunkStoreOptions, createMongoBusinesses } from "./businesses.ts";

export type { MongoChunkStoreOptions };

/**
 * The store connects at its first use. If the server is unreachable, the store tries to reconnect
 * until the store is closed.
 */
export function createMongoChunkStore(options: MongoChunkStoreOptions): ChunkStore {
  const { use, watch, writesOf, drop, close } = createMongoBusinesses(options);
  return {
    create: ({ businessId, path }, wanted, first) =>
      use(businessId, (business) => business.create(path, wanted, first)),
    append: ({ businessId, path }, append) => use(businessId, (business) => business.append(path, append)),
    read: ({ businessId, path }, position, maxBytes) =>
      use(businessId, (business) => business.read(path, position, maxBytes)),
    head: ({ businessId, path }) => use(businessId, (business) => business.head(path)),
    delete: ({ businessId, path }, how) => use(businessId, (business) => business.delete(path, how)),
    list: ({ businessId, ...filter }) => use(businessId, (business) => business.list(filter)),
    watch: ({ businessId, path }, changed, signal) => watch(businessId, path, changed, signal),
    directWrites: writesOf,
    deleteBusiness: drop,
    close,
  };
}

/**
 * Reads and writes whole streams, for a move to or from another store. The connection is opened at the first use, as in
 * the chunk store.
 */
export function createMongoStreamCopy(options: MongoChunkStoreOptions): StreamCopy {
  const { use, close } = createMongoBusinesses(options);
  return {
    describe: ({ businessId, path }) => use(businessId, ({ copies }) => copies.describe(path)),
    hold: ({ businessId, path }, ms) => use(businessId, ({ copies }) => copies.hold(path, ms)),
    put: (stream) => use(stream.key.businessId, ({ copies }) => copies.put(stream)),
    discard: ({ businessId }, streamId) => use(businessId, ({ copies }) => copies.discard(streamId)),
    close,
  };
}
