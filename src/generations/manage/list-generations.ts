// Lists the generations of a whole business for its operators, newest first, with a search.
import { type Expression, type SqlBool, sql } from "kysely";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { GenerationState } from "../../businesses/tables/schema.ts";
import { firstIdAt } from "./first-id-at.ts";

export interface GenerationSearch {
  readonly state?: GenerationState | undefined;
  readonly userId?: string | undefined;
  /** Text in the prompt, the title, the reason of the failure, or one of the ids. */
  readonly text?: string | undefined;
  /** Requested at this instant or later. */
  readonly from?: string | undefined;
  /** Requested before this instant. */
  readonly to?: string | undefined;
  /** Only generations older than the one with this id. */
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
  /** The `before` of the next page, which may be empty; null: there are no older generations. */
  readonly next: string | null;
}

/** A search examines at most this number of generations at a time, so that it blocks nobody else for long. */
const examinedMax = 5_000;

export function listGenerations(
  { databases }: { readonly databases: Pick<OpenDatabases, "use"> },
  businessId: string,
  search: GenerationSearch,
): Promise<GenerationPage> {
  const { state, userId, text, from, to, before, limit } = search;
  return databases.use(businessId, async ({ kysely }) => {
    // Ids are UUIDs of version 7, so they sort by time.
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

/** Upper and lower case are equal where the database folds them: SQLite does so for ASCII alone. */
function contains(column: string, text: string): Expression<SqlBool> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return sql<SqlBool>`lower(${sql.ref(column)}) like lower(${pattern}) escape '\\'`;
}
