// Reads a generation for its owner: its state, its progress, and the reason for a failure.
import type { UserCaller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import type { GenerationState } from "../businesses/tables/schema.ts";
import { notFound } from "../errors.ts";
import type { FarEnd, GenerationOptions } from "../ports/generator/generator.ts";
import { secondsLeftOf } from "./queue/seconds-left.ts";
import { findQueuePlace, type QueuePlace } from "./queue/queue-place.ts";
import { parseStoredOptions } from "./stored-options.ts";

export interface GenerationView {
  readonly requestId: string;
  readonly state: GenerationState;
  readonly title: string;
  readonly prompt: string;
  readonly seed: number;
  readonly durationSeconds: number;
  /** The generator that the request asked for. Null if the request named none. */
  readonly generator: string | null;
  /** The options of the request besides the prompt. Null if there are none. */
  readonly options: GenerationOptions | null;
  /** The generator that makes the piece. Null until the generation has begun. */
  readonly madeBy: string | null;
  /** The queue position while the generation is queued, otherwise null. */
  readonly queue: QueuePlace | null;
  /**
   * The estimated seconds until the piece is complete, while the generation is running and has audio. Otherwise null.
   */
  readonly secondsLeft: number | null;
  readonly generatedMs: number;
  readonly plannedMs: number | null;
  readonly plannedBytes: number | null;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  /**
   * After a cancellation, whether a generator on another machine also stopped. Null if this isn't
   * known.
   */
  readonly generatorEnd: FarEnd | null;
  readonly projectId: string;
  readonly trackId: string;
  readonly versionId: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /**
   * `spec` is the stored plan of a piece that was made with an instruction. It is undefined if no plan is stored yet,
   * and for a piece without an instruction, because the plan of such a piece follows from the prompt.
   */
  readonly planned: { readonly spec: unknown };
}

/** Error: NOT_FOUND if the generation is missing or belongs to another user. */
export async function readGeneration(
  deps: { readonly databases: OpenDatabases },
  caller: UserCaller,
  requestId: string,
): Promise<GenerationView> {
  return deps.databases.use(caller.businessId, async (database) => {
    const row = await database.kysely
      .selectFrom("generations as g")
      .innerJoin("tracks as t", "t.id", "g.trackId")
      .innerJoin("versions as v", "v.id", "g.versionId")
      .leftJoin("generatorCalls as c", "c.generationId", "g.id")
      .select([
        "g.id as requestId",
        "g.state",
        "t.title",
        "g.prompt",
        "g.seed",
        "g.durationSeconds",
        "g.generator",
        "g.options",
        "g.generatedMs",
        "g.plannedMs",
        "g.plannedBytes",
        "g.reasonCode",
        "g.reason",
        "c.farEnd as generatorEnd",
        "g.projectId",
        "g.trackId",
        "g.versionId",
        "g.createdAt",
        "g.startedAt",
        "g.finishedAt",
        "v.madeBy",
        "v.instruction",
        "v.spec",
      ])
      .where("g.id", "=", requestId)
      .where("g.userId", "=", caller.userId)
      .executeTakeFirst();
    if (!row) throw notFound("generation");
    const queue = row.state === "queued" ? await findQueuePlace(database, requestId) : undefined;
    const { madeBy, instruction, spec, ...generation } = row;
    const changed = instruction === null ? undefined : (parsedPlan(spec) ?? undefined);
    return {
      ...generation,
      options: parseStoredOptions(generation.options),
      madeBy,
      seed: Number(generation.seed),
      queue: queue ?? null,
      secondsLeft: secondsLeftOf(row, Date.now()),
      planned: { spec: changed },
    };
  });
}

/** Databases return a JSON column as text or as a parsed value. */
const parsedPlan = (spec: unknown): unknown => (typeof spec === "string" ? JSON.parse(spec) : spec);
