// Finds the named queries that a business can call: Rondo's queries and those of the business's
// apps. If another process changes an app, this process uses the change within about five seconds.
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { schemaOf } from "./tables/own-table.ts";
import { businessSchema, type BusinessTables } from "../businesses/tables/schema.ts";
import { andThen, type MaybePromise } from "../maybe-promise.ts";
import type { Database, SqlRow } from "../ports/database/database.ts";
import type { Log } from "../process/log.ts";
import { createQuerySet, type QuerySet, setOf } from "../queries/run/query-set.ts";
import type { Query } from "../queries/spec/parse/spec.ts";
import { proveSpecs } from "../queries/spec/load-specs.ts";
import { findLatest } from "./app-versions.ts";
import { readApp } from "./read-app.ts";

type BusinessDatabase = Pick<Database<BusinessTables>, "run" | "kysely">;

export interface BusinessSpecs {
  /** The queries that every business has. */
  readonly current: QuerySet;
  /** Returns the queries of one business. If the cached queries are fresh (`freshMs`), the result is not a promise. */
  of(businessId: string, database: BusinessDatabase): MaybePromise<QuerySet>;
  /**
   * Returns the cached queries of one business, without opening its database. These queries can be
   * outdated. If none are cached, returns only Rondo's own queries.
   */
  knownOf(businessId: string): QuerySet;
  /** Removes the cached app of the business, so that this process reads the app again at the next use. */
  forget(businessId: string): void;
  close(): void;
}

/** Applies the app that all businesses share (RONDO_APP) to a business that doesn't have this version of the app. */
export interface CommonAppBringer {
  readonly hash: string;
  bring(businessId: string): Promise<void>;
}

interface Known {
  /** A string that changes with each version of the business's apps; empty if there is no app. */
  readonly mark: string;
  readonly base: QuerySet;
  readonly set: QuerySet;
  readonly checkedAtMs: number;
}

/**
 * After this time, a process checks again whether the queries of a business have changed. A change must take effect in
 * every process within five seconds, and the remaining 1.5 seconds are for the check itself. Other facts about a
 * business are cached for the same time (see fresh-facts.ts).
 */
const freshMs = 3_500;
const businessesMax = 10_000;
const compiledAppsMax = 200;

const marksText = `select "source", "number", "hash" from "appVersions" as "v"
  where "number" = (select max("number") from "appVersions" as "w" where "w"."source" = "v"."source") order by "source"`;

const tagOf = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 12);

export function createBusinessSpecs(
  base: { readonly current: QuerySet; close(): void },
  log: Pick<Log, "error">,
  common?: CommonAppBringer,
): BusinessSpecs {
  const known = new LRUCache<string, Known>({ max: businessesMax });
  const reading = new Map<string, Promise<QuerySet>>();
  /**
   * The compiled queries of each set of apps. If the apps of two businesses have the same content and
   * the same version numbers, the businesses share the compiled queries.
   */
  const compiled = new LRUCache<string, QuerySet["queries"]>({ max: compiledAppsMax });

  const isFresh = ({ checkedAtMs, base: of }: Known): boolean =>
    performance.now() - checkedAtMs < freshMs && of === base.current;

  function keep(businessId: string, mark: string, set: QuerySet): QuerySet {
    known.set(businessId, { mark, set, base: base.current, checkedAtMs: performance.now() });
    return set;
  }

  function check(businessId: string, database: BusinessDatabase): MaybePromise<QuerySet> {
    return andThen(database.run(marksText, []), ({ rows }) => {
      if (common === undefined || rows.some(({ hash }) => hash === common.hash))
        return setFor(businessId, database, rows);
      return common
        .bring(businessId)
        .then(async () => setFor(businessId, database, (await database.run(marksText, [])).rows));
    });
  }

  function setFor(
    businessId: string,
    database: BusinessDatabase,
    rows: readonly SqlRow[],
  ): MaybePromise<QuerySet> {
    const mark = rows.map(({ source, number }) => `${String(source)} ${String(number)}`).join();
    const before = known.get(businessId);
    if (mark === "") return keep(businessId, mark, base.current);
    if (before?.mark === mark && before.base === base.current) return keep(businessId, mark, before.set);
    return readOnce(businessId, database, mark);
  }

  /** Reads the queries. Concurrent calls share one read. */
  function readOnce(businessId: string, database: BusinessDatabase, mark: string): Promise<QuerySet> {
    const running = reading.get(businessId);
    if (running !== undefined) return running;
    const read: Promise<QuerySet> = readSet(businessId, database).then((set) => {
      // If `forget` was called during the read, this set may be outdated, so it is not cached.
      return reading.get(businessId) === read ? keep(businessId, mark, set) : set;
    });
    reading.set(businessId, read);
    const end = () => {
      if (reading.get(businessId) === read) reading.delete(businessId);
    };
    read.then(end, end);
    return read;
  }

  async function readSet(businessId: string, { kysely }: BusinessDatabase): Promise<QuerySet> {
    const versions = [await findLatest(kysely, "common"), await findLatest(kysely, "own")];
    const found = versions.filter((version) => version !== undefined);
    // The key contains the number of the version, and not only its hash. A roll-back makes a new version with the hash
    // of an earlier version. Its tables have the same definition, but they may have been dropped and created again.
    const key = found.map(({ hash, number }) => `${number} ${hash}`).join();
    const bundles = found.map(({ bundle }) => bundle);
    const own = compiled.get(key) ?? createQuerySet(compile(businessId, bundles), tagOf(key)).queries;
    compiled.set(key, own);
    return setOf(new Map([...base.current.queries, ...own]));
  }

  /**
   * Compiles the specs, which were checked when they were applied. A spec that has become invalid since then, for
   * example by an upgrade of Rondo, is left out.
   */
  function compile(businessId: string, bundles: readonly unknown[]): readonly Query[] {
    const apps = bundles.map((bundle) => readApp(bundle, { schema: {} }).app);
    const schema = { ...businessSchema, ...schemaOf(apps.flatMap(({ tables }) => tables)) };
    const { queries, faults } = proveSpecs(
      apps.flatMap(({ specs }) => specs),
      schema,
    );
    if (faults.length > 0)
      log.error({ businessId, faults }, "queries of a business have faults and are not served");
    return queries;
  }

  return {
    get current() {
      return base.current;
    },
    of(businessId, database) {
      const found = known.get(businessId);
      return found !== undefined && isFresh(found) ? found.set : check(businessId, database);
    },
    knownOf: (businessId) => known.get(businessId)?.set ?? base.current,
    forget(businessId) {
      known.delete(businessId);
      reading.delete(businessId);
    },
    close: () => base.close(),
  };
}
