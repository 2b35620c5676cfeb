// The open databases of businesses: each is opened once on first use, shared by concurrent callers, and closed when idle or when its place is needed.
import { AppError, isAppError, notFound } from "../../errors.ts";
import type { MaybePromise } from "../../maybe-promise.ts";
import type {
  BusinessCredentials,
  BusinessProvisioner,
} from "../../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../../ports/database/database.ts";
import type { BusinessFaults } from "../due/business-faults.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import type { DueWork } from "../due/due-work.ts";
import { createPlaces, type Holder, type Places } from "./places.ts";
import { type BusinessDatabase, promisingDatabase } from "../outbox/promising.ts";
import type { BusinessTables } from "../tables/schema.ts";
import type { Sealing } from "../secrets/sealing.ts";

export type { BusinessDatabase } from "../outbox/promising.ts";

export interface OpenDatabases {
  /**
   * Runs `work` with the business's database and keeps it open meanwhile. Errors: NOT_FOUND (no
   * such business), UNAVAILABLE (also when no place on its server became free within `waitMs`).
   */
  use<T>(businessId: string, work: (database: BusinessDatabase) => Promise<T>): Promise<T>;
  /** Returns the result itself, without a promise, where the database is open and `work` returns no promise. Errors always reject a promise. */
  use<T>(businessId: string, work: (database: BusinessDatabase) => MaybePromise<T>): MaybePromise<T>;
  readonly size: number;
  /** Waits for running work. May be called twice. */
  close(): Promise<void>;
}

export const credentialsContext = (businessId: string) => `business/${businessId}/credentials`;

interface Entry extends Holder {
  readonly places: Places<Entry>;
  readonly database: Promise<BusinessDatabase>;
  opened: BusinessDatabase | undefined;
}

export interface OpenDatabasesOptions {
  readonly control: Database<ControlTables>;
  readonly sealing: Sealing;
  readonly provisioner: Pick<BusinessProvisioner<BusinessTables>, "open" | "sharedBy">;
  readonly due: Pick<DueWork, "mark">;
  readonly faults: BusinessFaults;
  /** The limit for databases that don't share a server, such as files. */
  readonly openMax?: number;
  /** The number of databases that this process may open on a server with this many connections. */
  readonly placesOf?: (connections: number) => number;
  /** How long a caller waits for a place, in milliseconds. */
  readonly waitMs?: number;
  readonly idleMs?: number;
}

export function createOpenDatabases(options: OpenDatabasesOptions): OpenDatabases {
  const { control, sealing, provisioner, due, faults } = options;
  const { openMax = 500, placesOf = () => openMax, waitMs = 10_000, idleMs = 60_000 } = options;
  const entries = new Map<string, Entry>();
  const finding = new Map<string, Promise<Found>>();
  const placesByServer = new Map<string, Promise<Places<Entry>>>();
  let isClosed = false;
  const sweep = setInterval(() => void closeIdle(), idleMs / 2);
  sweep.unref();

  /** Concurrent calls share one lookup. */
  function find(businessId: string): Promise<Found> {
    const known = finding.get(businessId);
    if (known !== undefined) return known;
    const found = findOnce(businessId).finally(() => finding.delete(businessId));
    finding.set(businessId, found);
    return found;
  }

  async function findOnce(businessId: string): Promise<Found> {
    const row = await control.kysely
      .selectFrom("businesses")
      .leftJoin("businessFaults as f", (on) =>
        on.onRef("f.businessId", "=", "businesses.id").on("f.kind", "=", "schema"),
      )
      .select(["credentials", "f.code"])
      .where("id", "=", businessId)
      .executeTakeFirst();
    if (!row) throw notFound("business");
    const plain = sealing.open(row.credentials, credentialsContext(businessId));
    const credentials = JSON.parse(Buffer.from(plain).toString()) as BusinessCredentials;
    return { credentials, isFaulty: row.code !== null, places: await placesAt(credentials) };
  }

  function placesAt(credentials: BusinessCredentials): Promise<Places<Entry>> {
    const { server, connections } = provisioner.sharedBy(credentials) ?? alone;
    const known = placesByServer.get(server);
    if (known !== undefined) return known;
    const places = (async () => {
      const most = connections === undefined ? openMax : placesOf(await connections());
      return createPlaces<Entry>({ placesMax: Math.max(1, most), waitMs, holders: entries });
    })();
    placesByServer.set(server, places);
    places.catch(() => placesByServer.delete(server));
    return places;
  }

  function openEntry(businessId: string, { credentials, isFaulty, places }: Found): Entry {
    const database = open(businessId, credentials, isFaulty);
    const nowMs = performance.now();
    const entry: Entry = {
      ...{ places, database, opened: undefined },
      ...{ users: 0, lastUsedMs: nowMs, sinceMs: nowMs, isLeaving: false, isClosing: false },
      close: async () => (await database).close(),
    };
    database.then(
      (opened) => {
        entry.opened = opened;
      },
      () => places.drop(businessId, entry),
    );
    return entry;
  }

  async function open(businessId: string, credentials: BusinessCredentials, isFaulty: boolean) {
    try {
      const database = promisingDatabase(await provisioner.open(credentials), businessId, due);
      if (isFaulty) await faults.clear(businessId, "schema");
      return database;
    } catch (err) {
      if (isAppError(err, "UNAVAILABLE", "STORAGE_FULL")) throw err;
      await faults.note(businessId, "schema", err).catch(() => undefined);
      throw err;
    }
  }

  async function standInLine(businessId: string): Promise<Entry> {
    if (isClosed) throw closed();
    const found = await find(businessId);
    if (isClosed) throw closed();
    return found.places.enter(businessId, () => openEntry(businessId, found));
  }

  async function closeIdle(): Promise<void> {
    const beforeMs = performance.now() - idleMs;
    for (const places of placesByServer.values()) (await places.catch(() => undefined))?.closeIdle(beforeMs);
  }

  const servedNow = (businessId: string): Entry | undefined => {
    const entry = entries.get(businessId);
    return entry === undefined || entry.isLeaving || entry.isClosing ? undefined : entry;
  };

  function use<T>(
    businessId: string,
    work: (database: BusinessDatabase) => MaybePromise<T>,
  ): MaybePromise<T> {
    const entry = servedNow(businessId);
    if (entry === undefined)
      return standInLine(businessId).then((made) => useWhenOpen(businessId, made, work));
    entry.users += 1;
    if (entry.opened === undefined) return useWhenOpen(businessId, entry, work);
    let isWaiting = false;
    try {
      const result = work(entry.opened);
      if (!(result instanceof Promise)) return result;
      isWaiting = true;
      return result.finally(() => entry.places.leave(businessId, entry));
    } catch (err) {
      return Promise.reject(err);
    } finally {
      if (!isWaiting) entry.places.leave(businessId, entry);
    }
  }

  /** The caller has already counted this use in `entry.users`. */
  async function useWhenOpen<T>(
    businessId: string,
    entry: Entry,
    work: (database: BusinessDatabase) => MaybePromise<T>,
  ): Promise<T> {
    try {
      return await work(entry.opened ?? (await entry.database));
    } finally {
      entry.places.leave(businessId, entry);
    }
  }

  return {
    use: use as OpenDatabases["use"],
    get size() {
      return entries.size;
    },
    async close() {
      isClosed = true;
      clearInterval(sweep);
      const open = [...entries.values()];
      entries.clear();
      await Promise.allSettled(open.map(async (entry) => (await entry.database).close()));
    },
  };
}

interface Found {
  readonly credentials: BusinessCredentials;
  /** Whether the latest migration of its tables failed. */
  readonly isFaulty: boolean;
  readonly places: Places<Entry>;
}

const alone = { server: "", connections: undefined };

const closed = () =>
  new AppError("UNAVAILABLE", "This process is stopping.", { hint: "Try again.", retryAfterSeconds: 1 });
