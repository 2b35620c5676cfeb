// Manages the open businesses of a MongoDB chunk store. A business is opened at its first use, and closed after two
// minutes without use. While more than 500 businesses are open, the least recently used ones are closed earlier. A
// business with a running operation, sweep or watch is never closed. While a business is open, its expired streams are
// removed regularly.
import { AppError } from "../../../errors.ts";
import { documentBytesMaxDefault } from "./append-documents.ts";
import { type MongoBusiness, openMongoBusiness } from "./business.ts";
import { type Connection, createConnection, pause } from "./connection.ts";
import { databaseNameOf } from "./documents.ts";
import { translated } from "./errors.ts";
import type { DirectWrites } from "../chunk-store.ts";
import { urlFor } from "./users/user-url.ts";
import { cannotMakeUsers, connectAs, dropWhatItMay, ensureUser, userOf } from "./users/users.ts";

export interface MongoChunkStoreOptions {
  readonly url: string;
  /**
   * With this key, each business gets its own MongoDB user. This requires that the URL's user has
   * the permission to create users. The key has at least 32 bytes.
   */
  readonly credentialKey?: Uint8Array;
  /** The prefix of each database name, of at most 12 characters. */
  readonly databasePrefix?: string;
  /** The time between two removals of expired streams, in milliseconds. Default: 60,000. */
  readonly sweepMs?: number;
  /** The limit of chunk bytes in one document. MongoDB's own limit is 16 MiB. */
  readonly documentBytesMax?: number;
  /** Called with errors of background work, and if the URL's user can't create users. */
  readonly onError?: (err: unknown) => void;
}

export interface MongoBusinesses {
  use<T>(businessId: string, step: (business: MongoBusiness) => Promise<T>): Promise<T>;
  watch(businessId: string, path: string, changed: () => void, signal: AbortSignal): void;
  /** Returns the database and the URL with which a generator writes this business's chunks directly. */
  writesOf(businessId: string): Promise<DirectWrites>;
  /**
   * Deletes all streams and chunks of the business. Then drops the business's database, and the business's MongoDB
   * user. If the URL's user isn't allowed to drop one of the two, this one stays. A missing business is no error.
   */
  drop(businessId: string): Promise<void>;
  close(): Promise<void>;
}

interface Open {
  readonly business: Promise<MongoBusiness>;
  /** The connection of the business's own user, if it has one. */
  readonly own: Promise<Connection | undefined>;
  usedAt: number;
  /** The number of running operations, sweeps and watches. */
  uses: number;
}

const idleCloseMs = 120_000;
const openMax = 500;
const openAgainMs = { first: 100, most: 5_000 };

export function createMongoBusinesses(options: MongoChunkStoreOptions): MongoBusinesses {
  const { url, credentialKey, databasePrefix, sweepMs = 60_000, onError = () => {} } = options;
  const { documentBytesMax = documentBytesMaxDefault } = options;
  const shared = createConnection(url);
  /** The least recently used business is the first entry. */
  const businesses = new Map<string, Open>();
  let isClosed = false;
  let canMakeUsers = credentialKey !== undefined;

  /**
   * Connects as the business's own user. Returns undefined if there is no key, or if the URL's user
   * can't create users. Then the business uses the connection of the URL's user.
   */
  const connect = async (database: string): Promise<Connection | undefined> => {
    if (!canMakeUsers || credentialKey === undefined) return undefined;
    const user = userOf(database, credentialKey);
    const signIn = async (): Promise<Connection> => {
      const own = createConnection(url, connectAs(user));
      try {
        await own.deployment();
        return own;
      } catch (err) {
        await own.close();
        throw err;
      }
    };
    try {
      return await signIn();
    } catch (err) {
      if (!cannotMakeUsers(err instanceof AppError ? err.cause : err)) throw err;
    }
    try {
      await shared.run(async () => {
        await ensureUser(shared.client, user).catch((err: unknown) => {
          if (!cannotMakeUsers(err)) throw err;
          canMakeUsers = false;
          onError(err);
        });
      });
    } catch (err) {
      throw translated(err);
    }
    return canMakeUsers ? signIn() : undefined;
  };

  /** Opens the business if necessary, and increments its `uses`. The caller must decrement `uses` afterwards. */
  const enter = (businessId: string): Open => {
    if (isClosed) throw new Error("The chunk store is closed.");
    let entry = businesses.get(businessId);
    businesses.delete(businessId);
    if (entry === undefined) {
      const database = databaseNameOf(businessId, databasePrefix);
      const own = connect(database);
      const made: Open = {
        business: own.then((connection) =>
          openMongoBusiness(connection ?? shared, database, documentBytesMax),
        ),
        own,
        usedAt: 0,
        uses: 0,
      };
      made.business.catch(() => forget(businessId, made));
      entry = made;
    }
    entry.usedAt = performance.now();
    entry.uses++;
    businesses.set(businessId, entry);
    letGo();
    return entry;
  };

  const forget = (businessId: string, entry: Open): void => {
    if (businesses.get(businessId) === entry) businesses.delete(businessId);
    // A business that is still being opened is closed as soon as it is open. An error of the opening is not reported
    // here: it is reported to the callers that wait for the business.
    entry.business.then((business) => business.close()).catch(() => {});
    entry.own.then((own) => own?.close().catch(onError)).catch(() => {});
  };

  const letGo = (): void => {
    const idleSince = performance.now() - idleCloseMs;
    for (const [businessId, entry] of businesses) {
      const isIdle = entry.usedAt < idleSince || businesses.size > openMax;
      if (isIdle && entry.uses === 0) forget(businessId, entry);
    }
  };

  const useEntry = async <T>(businessId: string, step: (entry: Open) => Promise<T>): Promise<T> => {
    const entry = enter(businessId);
    try {
      return await step(entry);
    } finally {
      entry.uses--;
    }
  };

  const watch = async (
    businessId: string,
    path: string,
    changed: () => void,
    signal: AbortSignal,
  ): Promise<void> => {
    const sinceMs = Date.now();
    for (let againMs = openAgainMs.first; !signal.aborted && !isClosed; againMs *= 2) {
      const entry = enter(businessId);
      const leave = (): void => void entry.uses--;
      try {
        const business = await entry.business;
        signal.addEventListener("abort", leave, { once: true });
        if (signal.aborted) leave();
        else business.watch({ path, changed, sinceMs }, signal);
        return;
      } catch (err) {
        leave();
        onError(err);
        await pause(Math.min(againMs, openAgainMs.most));
      }
    }
  };

  const sweeping = setInterval(() => {
    letGo();
    for (const [businessId, entry] of businesses) {
      const sweep = async (): Promise<void> => {
        const wasUsedAt = entry.usedAt;
        entry.uses++;
        try {
          await (await entry.business).sweep();
        } finally {
          entry.uses--;
        }
        entry.usedAt = wasUsedAt;
      };
      sweep().catch((err: unknown) => onError(new Error(`Sweeping ${businessId} failed.`, { cause: err })));
    }
  }, sweepMs);
  sweeping.unref();

  return {
    use: (businessId, step) => useEntry(businessId, async ({ business }) => step(await business)),
    writesOf: (businessId) =>
      useEntry(businessId, async (entry) => {
        await entry.business;
        const database = databaseNameOf(businessId, databasePrefix);
        const address =
          (await entry.own) === undefined || credentialKey === undefined
            ? undefined
            : urlFor(url, userOf(database, credentialKey));
        return { database, ...(address === undefined ? {} : { url: address }) };
      }),
    watch(businessId, path, changed, signal) {
      watch(businessId, path, changed, signal).catch(onError);
    },
    async drop(businessId) {
      const entry = businesses.get(businessId);
      if (entry !== undefined) forget(businessId, entry);
      const database = databaseNameOf(businessId, databasePrefix);
      try {
        await shared.run(async () => {
          const db = shared.client.db(database);
          for (const name of ["streams", "chunks"]) await db.collection(name).deleteMany({});
          await dropWhatItMay(db);
        });
      } catch (err) {
        throw translated(err);
      }
    },
    async close() {
      isClosed = true;
      clearInterval(sweeping);
      const entries = [...businesses];
      for (const [businessId, entry] of entries) forget(businessId, entry);
      await shared.close();
    },
  };
}
