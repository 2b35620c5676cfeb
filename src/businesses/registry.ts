// Finds businesses in the control database, and caches each business for a few seconds.
import type { Database } from "../ports/database/database.ts";
import { type Business, businessOf } from "./business.ts";
import type { ControlTables } from "./tables/control-schema.ts";
import { createFreshFacts, type Fact } from "./fresh-facts.ts";
import type { Sealing } from "./secrets/sealing.ts";

export interface BusinessRegistry {
  /**
   * Returns undefined for a business that is missing or not active. Changes by other processes are
   * visible within five seconds.
   */
  findById(id: string): Promise<Business | undefined>;
  /** Like `findById`, but finds the business by its present slug or a former slug, so that old links still work. */
  findBySlug(slug: string): Promise<Business | undefined>;
  /** Like `findBySlug`, but also finds a suspended business, and always reads the control database. */
  findPresentBySlug(slug: string): Promise<Business | undefined>;
  /** Like `findById`, but also returns the time until which results about the business can be cached. */
  factById(id: string): Fact<Business | undefined> | Promise<Fact<Business | undefined>>;
  /** Like `factById`, but finds the business as `findBySlug` does. */
  factBySlug(slug: string): Fact<Business | undefined> | Promise<Fact<Business | undefined>>;
  /**
   * Finds the active business whose page is served at this host, such as "music.example.com" or
   * "localhost:3000". If no business has this host with its port, the host without the port is
   * used.
   */
  findByHost(host: string): Promise<Business | undefined>;
  /** Returns the first host of a business in alphabetical order. Returns undefined if the business has no host. */
  findHost(businessId: string): Promise<string | undefined>;
  /** Lists the businesses in all states, oldest first. The list is not cached. */
  list(): Promise<readonly Business[]>;
  /** Clears the cache of this process. Call this after each change of a business or its hosts. */
  forget(): void;
}

export function createRegistry(control: Database<ControlTables>, sealing: Sealing): BusinessRegistry {
  const ofFormerSlug = (slug: string) =>
    control.kysely.selectFrom("formerSlugs").select("businessId").where("slug", "=", slug);
  const find = async (
    column: "id" | "slug",
    value: string,
    states: readonly Business["state"][],
  ): Promise<Business | undefined> => {
    const row = await control.kysely
      .selectFrom("businesses")
      .selectAll()
      .where((is) =>
        column === "id"
          ? is("id", "=", value)
          : is.or([is("slug", "=", value), is("id", "=", ofFormerSlug(value))]),
      )
      .where("state", "in", states)
      .executeTakeFirst();
    return row && businessOf(row, sealing);
  };
  const remember = (column: "id" | "slug") => createFreshFacts((value) => find(column, value, ["active"]));
  const idsByHost = createFreshFacts(async () => {
    const rows = await control.kysely.selectFrom("businessHosts").selectAll().execute();
    return new Map(rows.map(({ host, businessId }) => [host, businessId]));
  });
  const byId = remember("id");
  const bySlug = remember("slug");

  return {
    findById: async (id) => (await byId.find(id)).value,
    findBySlug: async (slug) => (await bySlug.find(slug)).value,
    findPresentBySlug: (slug) => find("slug", slug, ["active", "suspended"]),
    factById: byId.find,
    factBySlug: bySlug.find,
    async findByHost(host) {
      const ids = (await idsByHost.find("")).value;
      const id = ids.get(host) ?? ids.get(host.replace(/:\d+$/, ""));
      return id === undefined ? undefined : (await byId.find(id)).value;
    },
    async findHost(businessId) {
      const hosts = [...(await idsByHost.find("")).value];
      return hosts.filter(([, id]) => id === businessId).toSorted()[0]?.[0];
    },
    async list() {
      const rows = await control.kysely
        .selectFrom("businesses")
        .selectAll()
        .orderBy("createdAt")
        .orderBy("id")
        .execute();
      return rows.map((row) => businessOf(row, sealing));
    },
    forget() {
      idsByHost.clear();
      byId.clear();
      bySlug.clear();
    },
  };
}
