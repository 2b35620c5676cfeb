// Manages the open databases of businesses. A database is opened on first use and shared by concurrent callers. It is
// closed when it is idle. Each open database occupies one of a limited number of places on its server (places.ts). If
// all places are taken and another business needs a place, one of the open databases is closed to free its place.
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
import type { SchemaRecords } from "../fleet/schema-records.ts";
import { createPlaces, type Holder, type Places } from "./places.ts";
import { type BusinessDatabase, promisingDatabase } from "../outbox/promising.ts";
import type { BusinessTables } from "../tables/schema.ts";
import type { Sealing } from "../secrets/sealing.ts";

export type { BusinessDatabase } from "../outbox/promising.ts";

export interface OpenDatabases {
  /**
   * Runs `work` with the business's database, which stays open until `work` has ended. If `work` throws, this function
   * throws the same error. Other errors:
   * - NOT_FOUND: there is no such business.
   * - UNAVAILABLE, in four cases: a database is unreachable; no place on the server became free within `waitMs`; the
   *   database was not open within `waitMs`; `close` was called.
   * - The error with which opening the database failed, for example STORAGE_FULL.
   */
  use<T>(businessId: string, work: (database: BusinessDatabase) => Promise<T>): Promise<T>;
  /**
   * A fast path for `work` that returns no promise: if the database is open and its credentials are fresh (`freshMs`),
   * this function returns the result of `work` directly. In all other cases this function returns a promise. An error
   * always rejects a promise, and is never thrown synchronously.
   */
  use<T>(businessId: string, work: (database: BusinessDatabase) => MaybePromise<T>): MaybePromise<T>;
  readonly size: number;
  /** Closes each database after its running statements. Can be called twice. */
  close(): Promise<void>;
}

/**
 * During a move, a business has a second database: the target of the move before the switch, and the previous database
 * after the switch. Returns the context for which the credentials of this second database are sealed.
 */
export const moveContext = (businessId: string) => `business/${businessId}/move`;
export const credentialsContext = (businessId: string) => `business/${businessId}/credentials`;

interface Entry extends Holder {
  readonly places: Places<Entry>;
  readonly database: Promise<BusinessDatabase>;
  opened: BusinessDatabase | undefined;
  /** The sealed credentials with which the database was opened. */
  readonly sealed: string;
  /** When the credentials were last read from the control database, on the clock of performance.now(). */
  readAtMs: number;
  /** The credentials are read again after this time, on the clock of performance.now(). */
  freshUntilMs: number;
  /**
   * Whether a move of the business has begun and has not yet switched to the other database. If so, each use reads the
   * credentials first.
   */
  isMoving: boolean;
}

export interface OpenDatabasesOptions {
  readonly control: Database<ControlTables>;
  readonly sealing: Sealing;
  readonly provisioner: Pick<BusinessProvisioner<BusinessTables>, "open" | "sharedBy">;
  readonly due: Pick<DueWork, "mark">;
  readonly faults: BusinessFaults;
  readonly schemas: Pick<SchemaRecords, "own" | "note">;
  /**
   * Returns what is recorded about one database. The default function takes the id of a business, and reads the control
   * database.
   */
  readonly findRow?: (id: string) => Promise<DatabaseRow>;
  /** The maximum number of open databases that don't share a server, such as files. */
  readonly openMax?: number;
  /** The number of databases that this process may open on a server with this many connections. */
  readonly placesOf?: (connections: number) => number;
  /**
   * The time limit in milliseconds for each of the two waits of a caller: the wait for a place on the server, and then
   * the wait until the database is open.
   */
  readonly waitMs?: number;
  /** A database that is not in use is closed after 1 to 1.5 times this time, in milliseconds. */
  readonly idleMs?: number;
  /**
   * How long credentials are used before they are read again, in milliseconds. A move (src/moves/business) waits longer
   * than this time between its beginning and the switch to the other database. So before the switch, each process has
   * read that the business is being moved.
   */
  readonly freshMs?: number;
  /** Adds the jobs in the outbox of this business to the queue in the background. The function must not throw. */
  readonly flushOutbox?: (businessId: string) => void;
}

export function createOpenDatabases(options: OpenDatabasesOptions): OpenDatabases {
  const { sealing, provisioner, due, faults, schemas } = options;
  const { findRow = (id) => findBusinessRow(options, id) } = options;
  const {
    openMax = 500,
    placesOf = () => openMax,
    waitMs = 10_000,
    idleMs = 60_000,
    freshMs = 3_500,
  } = options;
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
    const readAtMs = performance.now();
    const row = await findRow(businessId);
    const plain = sealing.open(row.sealed, row.context);
    const credentials = JSON.parse(Buffer.from(plain).toString()) as BusinessCredentials;
    return {
      ...row,
      credentials,
      readAtMs,
      freshUntilMs: row.isMoving ? readAtMs : readAtMs + freshMs,
      places: await placesAt(credentials),
    };
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

  function openEntry(businessId: string, found: Found): Entry {
    const { places, sealed, isMoving, readAtMs, freshUntilMs } = found;
    const database = open(businessId, found);
    const nowMs = performance.now();
    const entry: Entry = {
      ...{ places, database, opened: undefined, sealed, isMoving, readAtMs, freshUntilMs },
      ...{ users: 0, lastUsedMs: nowMs, sinceMs: nowMs },
      ...{ isLeaving: false, isClosing: false, isRetired: false },
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

  async function open(businessId: string, { credentials, isFaulty, isRecorded }: Found) {
    try {
      const database = promisingDatabase(
        await provisioner.open(credentials),
        businessId,
        due,
        options.flushOutbox,
      );
      if (isFaulty) await faults.clear(businessId, "schema");
      // If the record can't be written, the next run of migrations opens the database once more.
      if (!isRecorded) await schemas.note(businessId).catch(() => undefined);
      return database;
    } catch (err) {
      if (isAppError(err, "UNAVAILABLE", "STORAGE_FULL")) throw err;
      await faults.note(businessId, "schema", err).catch(() => undefined);
      throw err;
    }
  }

  async function standInLine(businessId: string): Promise<Entry> {
    if (isClosed) throw closed();
    const held = entries.get(businessId);
    let found: Found;
    try {
      // During a move, each call reads the row itself. A read that another call began earlier could return the
      // credentials from before the switch.
      found = await (held?.isMoving ? findOnce(businessId) : find(businessId));
    } catch (err) {
      // The switch to another database is a write in the control database. While the control database is unreachable,
      // no switch is possible, so the open database is still the right one.
      if (held === undefined || held.isMoving || !isServed(held) || !isAppError(err, "UNAVAILABLE"))
        throw err;
      held.users += 1;
      return held;
    }
    if (isClosed) throw closed();
    note(businessId, found);
    return found.places.enter(businessId, () => openEntry(businessId, found));
  }

  /**
   * Updates the entry of an open database with the row from the control database. If the sealed credentials in the row
   * are different, for example after a move, the entry is retired instead, and the next use opens a new entry.
   */
  function note(businessId: string, { sealed, readAtMs, freshUntilMs, isMoving }: Found): void {
    const entry = entries.get(businessId);
    if (entry === undefined || entry.readAtMs >= readAtMs) return;
    if (entry.sealed === sealed) Object.assign(entry, { readAtMs, freshUntilMs, isMoving });
    else entry.places.retire(businessId, entry);
  }

  async function closeIdle(): Promise<void> {
    const beforeMs = performance.now() - idleMs;
    for (const places of placesByServer.values()) (await places.catch(() => undefined))?.closeIdle(beforeMs);
  }

  const servedNow = (businessId: string): Entry | undefined => {
    const entry = entries.get(businessId);
    if (entry === undefined || !isServed(entry)) return undefined;
    return performance.now() < entry.freshUntilMs ? entry : undefined;
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
      return await work(entry.opened ?? (await openedInTime(entry.database, waitMs)));
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

/** The facts that the control database contains about one database. */
export interface DatabaseRow {
  /** The credentials, sealed for `context`. */
  readonly sealed: string;
  readonly context: string;
  /** Whether the latest migration of the database's tables failed. */
  readonly isFaulty: boolean;
  /** Whether the database is known to have the schema of this process. */
  readonly isRecorded: boolean;
  readonly isMoving: boolean;
}

async function findBusinessRow(
  { control, schemas }: Pick<OpenDatabasesOptions, "control" | "schemas">,
  businessId: string,
): Promise<DatabaseRow> {
  const row = await control.kysely
    .selectFrom("businesses")
    .leftJoin("businessFaults as f", (on) =>
      on.onRef("f.businessId", "=", "businesses.id").on("f.kind", "=", "schema"),
    )
    .leftJoin("businessMoves as m", "m.businessId", "businesses.id")
    .leftJoin("businessSchemas as s", "s.businessId", "businesses.id")
    .select(["businesses.credentials", "f.code", "m.step", "s.version"])
    .where("id", "=", businessId)
    .executeTakeFirst();
  if (!row) throw notFound("business");
  return {
    sealed: row.credentials,
    context: credentialsContext(businessId),
    isFaulty: row.code !== null,
    isRecorded: row.version === schemas.own.version,
    isMoving: row.step !== null && row.step !== "switched",
  };
}

interface Found extends DatabaseRow {
  readonly credentials: BusinessCredentials;
  readonly places: Places<Entry>;
  readonly readAtMs: number;
  readonly freshUntilMs: number;
}

const isServed = ({ isLeaving, isClosing }: Entry): boolean => !isLeaving && !isClosing;

/**
 * If the database is not open within `waitMs`, throws UNAVAILABLE. The opening continues, because it can include a
 * long migration.
 */
async function openedInTime(database: Promise<BusinessDatabase>, waitMs: number): Promise<BusinessDatabase> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(stillOpening()), waitMs);
  try {
    return await Promise.race([database, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const stillOpening = () =>
  new AppError(
    "UNAVAILABLE",
    "The database of this business is still being opened. Perhaps its tables are being migrated.",
    {
      hint: "Try again in a few seconds.",
      retryAfterSeconds: 5,
    },
  );

const alone = { server: "", connections: undefined };

const closed = () =>
  new AppError("UNAVAILABLE", "This process is stopping.", { hint: "Try again.", retryAfterSeconds: 1 });
