// Lists and searches the generations of all users of a business, for the people who manage it. The newest come first.
import { type Expression, type SqlBool, sql } from "kysely";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { GenerationState } from "../../businesses/tables/schema.ts";
import { firstIdAt } from "./first-id-at.ts";

export interface GenerationSearch {
  readonly state?: GenerationState | undefined;
  readonly userId?: string | undefined;
  /**
   * Only generations that contain this text in the prompt, the title, the reason of the failure, or the id of the
   * generation, the user, the track or the version.
   */
  readonly text?: string | undefined;
  /** Only generations that were requested at this instant (ISO 8601) or later. */
  readonly from?: string | undefined;
  /** Only generations that were requested before this instant (ISO 8601). */
  readonly to?: string | undefined;
  /** Only generations that are older than the generation with this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

interface ListedGeneration {
  readonly requestId: string;
  readonly userId: string;
  readonly state: GenerationState;
  readonly title: string;
  readonly prompt: string;
  readonly durationSeconds: number;
  readonly generatedMs: number;
  readonly generator: string | null;
  readonly madeBy: string | null;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly trackId: string;
  readonly versionId: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface GenerationPage {
  readonly items: readonly ListedGeneration[];
  /**
   * The value of `before` for the next page; null if no older generation matches. A page can have a next page even if
   * it has fewer than `limit` items or none, because one call examines only a limited number of generations.
   */
  readonly next: string | null;
}

/** The maximum number of generations that one call examines, so that a search does not block other work for long. */
const examinedMax = 5_000;

export function listGenerations(
  { databases }: { readonly databases: Pick<OpenDatabases, "use"> },
  businessId: string,
  search: GenerationSearch,
): Promise<GenerationPage> {
  const { state, userId, text, from, to, before, limit } = search;
  return databases.use(businessId, async ({ kysely }) => {
    // Ids are version 7 UUIDs, so they sort by time.
    let examined = kysely.selectFrom("generations").selectAll().orderBy("id", "desc").limit(examinedMax);
    if (before !== undefined) examined = examined.where("id", "<", before);
    if (from !== undefined) examined = examined.where("id", ">=", firstIdAt(from));
    if (to !== undefined) examined = examined.where("id", "<", firstIdAt(to));
    if (userId !== undefined) examined = examined.where("userId", "=", userId);

    let found = kysely
      .selectFrom(examined.as("g"))
      .innerJoin("tracks as t", "t.id", "g.trackId")
      .innerJoin("versions as v", "v.id", "g.versionId")
      .select(["g.id as requestId", "g.userId", "g.state", "t.title", "g.prompt", "g.durationSeconds"])
      .select(["g.generatedMs", "g.generator", "v.madeBy", "g.reasonCode", "g.reason", "g.trackId"])
      .select(["g.versionId", "g.createdAt", "g.startedAt", "g.finishedAt"])
      .orderBy("g.id", "desc")
      .limit(limit);
    if (state !== undefined) found = found.where("g.state", "=", state);
    if (text !== undefined) {
      const columns = ["g.prompt", "t.title", "g.reason", "g.id", "g.userId", "g.trackId", "g.versionId"];
      found = found.where((eb) => eb.or(columns.map((name) => contains(name, text))));
    }
    const items = await found.execute();
    if (items.length === limit) return { items, next: items.at(-1)!.requestId };
    const last = await kysely
      .selectFrom(examined.as("g"))
      .select("g.id")
      .orderBy("g.id", "desc")
      .offset(examinedMax - 1)
      .limit(1)
      .executeTakeFirst();
    return { items, next: last?.id ?? null };
  });
}

/** Ignores the case of letters. On SQLite, only the case of ASCII letters is ignored. */
function contains(column: string, text: string): Expression<SqlBool> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return sql<SqlBool>`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`;
}
