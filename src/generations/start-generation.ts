// Takes a prompt: the rows, the promise of the work and the streams are there before the answer goes out.
import { createHash, randomInt } from "node:crypto";
import type { Transaction } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { UserCaller } from "../accounts/caller.ts";
import type { BusinessDatabase, OpenDatabases } from "../businesses/open-databases.ts";
import { flushOutbox, promiseJob } from "../businesses/outbox.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { BusinessTables } from "../businesses/schema.ts";
import { AppError, notFound } from "../errors.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import { createGenerationStreams } from "./create-streams.ts";
import { activeStates } from "./generation-states.ts";

export interface StartGenerationDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly jobs: JobQueue;
  readonly streams: Pick<ChunkStore, "create" | "append">;
  readonly log: { error(facts: object, message: string): void };
}

export interface StartGenerationInput {
  readonly prompt: string;
  readonly projectId?: string | undefined;
  readonly durationSeconds: number;
  readonly seed?: number | undefined;
  readonly idempotencyKey?: string | undefined;
}

export interface StartedGeneration {
  readonly userId: string;
  readonly requestId: string;
  readonly projectId: string;
  readonly trackId: string;
  readonly versionId: string;
}

const seedMax = 2 ** 32;
const firstProjectName = "My music";
const generationAttempts = 3;

/**
 * Durable when it resolves. The same Idempotency-Key with the same request gives the first answer
 * again. Errors: NOT_FOUND (project), TOO_MANY_REQUESTS, IDEMPOTENCY_MISMATCH.
 */
export async function startGeneration(
  deps: StartGenerationDeps,
  caller: UserCaller,
  input: StartGenerationInput,
): Promise<StartedGeneration> {
  const business = await deps.registry.findById(caller.businessId);
  if (!business) throw notFound("business");
  const requestHash = input.idempotencyKey === undefined ? null : hashOfRequest(input);

  return deps.databases.use(business.id, async (database) => {
    const earlier = await findEarlier(database, caller, input.idempotencyKey, requestHash);
    const started =
      earlier ??
      (await insertRows(database).catch(async (err) => {
        // Two requests with one key at once: the unique index let one in, the other gets its answer.
        const winner =
          err instanceof AppError && err.code === "CONFLICT"
            ? await findEarlier(database, caller, input.idempotencyKey, requestHash)
            : undefined;
        if (winner) return winner;
        throw err;
      }));
    if (!earlier) await createGenerationStreams(deps.streams, business.id, started);
    await flushOutbox(database, deps.jobs).catch((err) =>
      deps.log.error(
        { err, requestId: started.requestId },
        "the queue is away; the sweep will hand the job over",
      ),
    );
    return started;
  });

  function insertRows(database: BusinessDatabase): Promise<StartedGeneration> {
    return database.transaction(async (trx) => {
      await refuseTooMany(trx, caller, business?.limits.concurrentGenerationsPerUser ?? 1);
      const now = new Date().toISOString();
      const projectId = await resolveProject(trx, caller, input.projectId, now);
      const seed = input.seed ?? randomInt(seedMax);
      const started = {
        userId: caller.userId,
        requestId: uuidv7(),
        projectId,
        trackId: uuidv7(),
        versionId: uuidv7(),
      };
      const owned = { userId: caller.userId, createdAt: now };
      const live = { ...owned, updatedAt: now, deletedAt: null };
      await trx
        .insertInto("tracks")
        .values({ ...live, id: started.trackId, projectId, title: provisionalTitle(input.prompt) })
        .execute();
      await trx
        .insertInto("versions")
        .values({
          ...live,
          id: started.versionId,
          trackId: started.trackId,
          parentId: null,
          number: 1,
          prompt: input.prompt,
          instruction: null,
          seed,
          spec: null,
          durationMs: null,
          audioBytes: null,
          peaks: null,
        })
        .execute();
      await trx
        .insertInto("generations")
        .values({
          ...owned,
          id: started.requestId,
          projectId,
          trackId: started.trackId,
          versionId: started.versionId,
          state: "queued",
          prompt: input.prompt,
          seed,
          durationSeconds: input.durationSeconds,
          idempotencyKey: input.idempotencyKey ?? null,
          requestHash,
          plannedMs: null,
          plannedBytes: null,
          reasonCode: null,
          reason: null,
          startedAt: null,
          finishedAt: null,
        })
        .execute();
      await promiseJob(trx, "generation", {
        id: started.requestId,
        name: "generation.run",
        businessId: caller.businessId,
        data: { businessId: caller.businessId, requestId: started.requestId },
        attempts: generationAttempts,
        backoffMs: 500,
      });
      return started;
    });
  }
}

async function findEarlier(
  database: BusinessDatabase,
  caller: UserCaller,
  idempotencyKey: string | undefined,
  requestHash: string | null,
): Promise<StartedGeneration | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const row = await database.kysely
    .selectFrom("generations")
    .select(["id", "projectId", "trackId", "versionId", "requestHash"])
    .where("userId", "=", caller.userId)
    .where("idempotencyKey", "=", idempotencyKey)
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.requestHash !== requestHash) {
    throw new AppError("IDEMPOTENCY_MISMATCH", "This Idempotency-Key was used for another request.", {
      hint: "Use a new key for a new request; repeat a key only with the same body.",
    });
  }
  const { id: requestId, projectId, trackId, versionId } = row;
  return { userId: caller.userId, requestId, projectId, trackId, versionId };
}

async function refuseTooMany(
  trx: Transaction<BusinessTables>,
  caller: UserCaller,
  most: number,
): Promise<void> {
  const { active } = await trx
    .selectFrom("generations")
    .select((eb) => eb.fn.countAll<number | string>().as("active"))
    .where("userId", "=", caller.userId)
    .where("state", "in", activeStates)
    .executeTakeFirstOrThrow();
  if (Number(active) < most) return;
  throw new AppError("TOO_MANY_REQUESTS", `${most} pieces are being made already.`, {
    hint: "Wait until one is done, or stop one.",
    retryAfterSeconds: 5,
  });
}

/** The project that was named, or else the caller's first one, made where there is none. */
async function resolveProject(
  trx: Transaction<BusinessTables>,
  caller: UserCaller,
  projectId: string | undefined,
  now: string,
): Promise<string> {
  const mine = trx
    .selectFrom("projects")
    .select("id")
    .where("userId", "=", caller.userId)
    .where("deletedAt", "is", null);
  if (projectId !== undefined) {
    const project = await mine.where("id", "=", projectId).executeTakeFirst();
    if (!project) throw notFound("project");
    return project.id;
  }
  const first = await mine.orderBy("createdAt").orderBy("id").limit(1).executeTakeFirst();
  if (first) return first.id;
  const made = {
    id: uuidv7(),
    userId: caller.userId,
    name: firstProjectName,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
  await trx.insertInto("projects").values(made).execute();
  return made.id;
}

const hashOfRequest = (input: StartGenerationInput): string =>
  createHash("sha256")
    .update(
      JSON.stringify([input.prompt, input.projectId ?? null, input.durationSeconds, input.seed ?? null]),
    )
    .digest("hex");

const titleMax = 60;

/** Until the generator names the piece. */
const provisionalTitle = (prompt: string): string => {
  const line = prompt.replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length <= titleMax
    ? line
    : `${characters
        .slice(0, titleMax - 1)
        .join("")
        .trimEnd()}…`;
};
