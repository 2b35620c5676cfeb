// The databases of businesses that are open now: opened at first use, once however many ask, closed when idle.
import { notFound } from "../errors.ts";
import type {
  BusinessCredentials,
  BusinessProvisioner,
} from "../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../ports/database/database.ts";
import type { ControlTables } from "./control-schema.ts";
import type { Sealing } from "./sealing.ts";
import type { DueWork } from "./due-work.ts";
import { type BusinessDatabase, promisingDatabase } from "./promising.ts";
import type { BusinessTables } from "./schema.ts";

export type { BusinessDatabase } from "./promising.ts";

export interface OpenDatabases {
  /** Runs `work` with the database of the business, which stays open meanwhile. No such business: NOT_FOUND. */
  use<T>(businessId: string, work: (database: BusinessDatabase) => Promise<T>): Promise<T>;
  /** The database if it is open, for work that is done before anything else gets its turn. */
  openNow(businessId: string): BusinessDatabase | undefined;
  readonly size: number;
  /** Waits for what is running. May be called twice. */
  close(): Promise<void>;
}

export const credentialsContext = (businessId: string) => `business/${businessId}/credentials`;

interface Entry {
  readonly database: Promise<BusinessDatabase>;
  opened: BusinessDatabase | undefined;
  users: number;
  lastUsedMs: number;
}

export interface OpenDatabasesOptions {
  readonly control: Database<ControlTables>;
  readonly sealing: Sealing;
  readonly provisioner: Pick<BusinessProvisioner<BusinessTables>, "open">;
  readonly due: Pick<DueWork, "mark">;
  readonly openMax?: number;
  readonly idleMs?: number;
}

export function createOpenDatabases(options: OpenDatabasesOptions): OpenDatabases {
  const { control, sealing, provisioner, due, openMax = 500, idleMs = 60_000 } = options;
  const entries = new Map<string, Entry>();
  const sweep = setInterval(() => closeIdle(Date.now() - idleMs), idleMs / 2);
  sweep.unref();

  async function openById(businessId: string): Promise<BusinessDatabase> {
    const row = await control.kysely
      .selectFrom("businesses")
      .select("credentials")
      .where("id", "=", businessId)
      .executeTakeFirst();
    if (!row) throw notFound("business");
    const plain = sealing.open(row.credentials, credentialsContext(businessId));
    const credentials = JSON.parse(Buffer.from(plain).toString()) as BusinessCredentials;
    return promisingDatabase(await provisioner.open(credentials), businessId, due);
  }

  function entryOf(businessId: string): Entry {
    const known = entries.get(businessId);
    if (known) {
      // Moved to the end: the map's order is the order of last use.
      entries.delete(businessId);
      entries.set(businessId, known);
      return known;
    }
    const entry: Entry = { database: openById(businessId), opened: undefined, users: 0, lastUsedMs: 0 };
    entry.database.then(
      (database) => {
        entry.opened = database;
      },
      () => entries.delete(businessId),
    );
    entries.set(businessId, entry);
    if (entries.size > openMax) closeIdle(Number.POSITIVE_INFINITY, entries.size - openMax);
    return entry;
  }

  function closeIdle(usedBeforeMs: number, most = Number.POSITIVE_INFINITY) {
    let left = most;
    for (const [businessId, entry] of entries) {
      if (left <= 0) return;
      if (entry.users > 0 || entry.lastUsedMs === 0 || entry.lastUsedMs > usedBeforeMs) continue;
      entries.delete(businessId);
      left -= 1;
      void entry.database.then((database) => database.close());
    }
  }

  return {
    async use(businessId, work) {
      const entry = entryOf(businessId);
      entry.users += 1;
      try {
        return await work(await entry.database);
      } finally {
        entry.users -= 1;
        entry.lastUsedMs = Date.now();
      }
    },
    openNow(businessId) {
      const entry = entries.get(businessId);
      if (entry?.opened === undefined) return undefined;
      entry.lastUsedMs = Date.now();
      return entryOf(businessId).opened;
    },
    get size() {
      return entries.size;
    },
    async close() {
      clearInterval(sweep);
      const open = [...entries.values()];
      entries.clear();
      await Promise.allSettled(open.map(async (entry) => (await entry.database).close()));
    },
  };
}
