// Which businesses there are: read from the control database, and remembered for a few seconds.
import { LRUCache } from "lru-cache";
import type { Database } from "../ports/database/database.ts";
import { type Business, businessOf } from "./business.ts";
import type { ControlTables } from "./control-schema.ts";
import type { Sealing } from "./sealing.ts";

export interface BusinessRegistry {
  /** Absent or suspended: undefined. What another process changed is seen within five seconds. */
  findById(id: string): Promise<Business | undefined>;
  findBySlug(slug: string): Promise<Business | undefined>;
  /** Oldest first, suspended ones too. */
  list(): Promise<readonly Business[]>;
  /** Forgets what it remembers: call after a change. */
  forget(): void;
}

const rememberedMs = 5_000;
const rememberedMax = 10_000;

export function createRegistry(control: Database<ControlTables>, sealing: Sealing): BusinessRegistry {
  const remember = (column: "id" | "slug") =>
    new LRUCache<string, { readonly business: Business | undefined }>({
      max: rememberedMax,
      ttl: rememberedMs,
      fetchMethod: async (value) => {
        const row = await control.kysely
          .selectFrom("businesses")
          .selectAll()
          .where(column, "=", value)
          .where("state", "=", "active")
          .executeTakeFirst();
        return { business: row && businessOf(row, sealing) };
      },
    });
  const byId = remember("id");
  const bySlug = remember("slug");

  return {
    findById: async (id) => (await byId.fetch(id))?.business,
    findBySlug: async (slug) => (await bySlug.fetch(slug))?.business,
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
      byId.clear();
      bySlug.clear();
    },
  };
}
