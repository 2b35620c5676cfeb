// Requests the generation of a new version. The rows and the job are stored before the response is sent. If the chunk
// store is available, the streams are created before the response, too. Otherwise the worker creates the streams later.
import { createHash } from "node:crypto";
import type { Transaction } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { UserCaller } from "../../accounts/caller.ts";
import type { Business } from "../../businesses/business.ts";
import type { BusinessDatabase, OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { flushOutboxSoon, promiseJob } from "../../businesses/outbox/outbox.ts";
import type { MakingLimits } from "../../businesses/limits/making-limits.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { AppError, isAppError, notFound } from "../../errors.ts";
import type { GeneratorWaits } from "../../generators/generator-waits.ts";
import { refuseOtherGenerator } from "../../generators/generator-choice.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import type { JobQueue } from "../../ports/job-queue/job-queue.ts";
import type { GenerationOptions } from "../../ports/generator/generator.ts";
import { createGenerationStreams, type SharedAudio } from "../create-streams.ts";
import { generationJob } from "../../jobs/generation-job.ts";
import { isGuest, refuseTooMany } from "./refuse-too-many.ts";
import { countRequested } from "../../usage/count-generation.ts";
import { promiseReached, reachedOf } from "../../usage/quota-reached.ts";
import { storedOptions } from "../stored-options.ts";

export interface PlaceGenerationDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly jobs: JobQueue;
  readonly streams: Pick<ChunkStore, "create" | "append">;
  readonly makingLimits: MakingLimits;
  /** The names of the generators, if there are several. */
  readonly generatorNames?: readonly string[] | undefined;
  /** Throws UNAVAILABLE for a piece that would have to wait too long for a generator. */
  readonly generatorWaits?: GeneratorWaits;
  /** Throws STORAGE_FULL when the disk has too little free space for new work. */
  readonly room: { refuseWhenLow(): void };
  readonly log: { error(facts: object, message: string): void };
}

export interface StartedGeneration {
  readonly userId: string;
  readonly requestId: string;
  readonly projectId: string;
  readonly trackId: string;
  readonly versionId: string;
  /** The seed of the random choices. The same prompt and seed give the same plan. */
  readonly seed: number;
}

/** The version to make, with its track and project. */
interface NewVersion {
  readonly projectId: string;
  readonly trackId: string;
  readonly parentId: string | null;
  readonly number: number;
  readonly prompt: string;
  readonly instruction: string | null;
  readonly seed: number;
  readonly durationSeconds: number;
  /** The generator's plan as JSON text, if it is already known. */
  readonly spec: string | null;
  /** Null if the length is not known yet. */
  readonly durationMs: number | null;
  readonly audioBytes: number | null;
}

export interface PlaceGenerationInput {
  readonly idempotencyKey: string | undefined;
  /** The IP address of the request, if it is known. */
  readonly address?: string | undefined;
  /**
   * The generator that has to make the version. If undefined, the business's default is used. If
   * the default fails before its first chunk, the business's next generator is used.
   */
  readonly generator?: string | undefined;
  /** The options of the request besides the prompt. */
  readonly options?: GenerationOptions | undefined;
  /** The complete request. A different request with the same Idempotency-Key is refused. */
  readonly request: unknown;
  /**
   * Returns the version to make. Runs in the transaction that writes the version, and runs again if this transaction
   * is retried. `now` is the time of the transaction.
   */
  readonly place: (trx: Transaction<BusinessTables>, now: string) => Promise<NewVersion>;
  /**
   * Set if the new version begins with the audio of another version: the id of the other version, and the length of the
   * shared audio.
   */
  readonly shared?: SharedAudio | undefined;
}

/** The maximum number of tries. A try fails if a concurrent request has taken the same number for its version. */
const placedTriesMax = 5;

/**
 * The generation is durable when the promise resolves. If the user repeats a request with the same
 * Idempotency-Key, the first result is returned again. Errors:
 * - NOT_FOUND for a missing business, and INVALID_PARAMETER for a generator that can't be used
 * - IDEMPOTENCY_MISMATCH if the Idempotency-Key was used for a different request
 * - QUOTA_REACHED and STORAGE_FULL
 * - TOO_MANY_REQUESTS or UNAVAILABLE if another limit is reached
 * - UNAVAILABLE if the piece would have to wait too long for a generator
 * - CONFLICT after `placedTriesMax` tries
 * - any error of `place` that is not listed here
 */
export async function placeGeneration(
  deps: PlaceGenerationDeps,
  caller: UserCaller,
  input: PlaceGenerationInput,
): Promise<StartedGeneration> {
  const business = await findBusiness(deps, caller);
  if (input.generator !== undefined) {
    const names = deps.generatorNames ?? [];
    refuseOtherGenerator(input.generator, { names, allowed: business.limits.generators });
  }
  const requestHash = input.idempotencyKey === undefined ? null : hashOf(input.request);

  return deps.databases.use(business.id, async (database) => {
    const earlier = await findEarlier(database, caller, input.idempotencyKey, requestHash);
    if (!earlier) await deps.generatorWaits?.refuseLong(business, input.generator ?? null);
    const started = earlier ?? (await insertOnce(database));
    if (!earlier) await makeStreams(business.id, started);
    await flushOutboxSoon(deps, database, { requestId: started.requestId });
    return started;
  });

  /** Never throws: the rows are committed, so the request succeeds. The worker creates missing streams. */
  async function makeStreams(businessId: string, started: StartedGeneration): Promise<void> {
    try {
      await createGenerationStreams(deps.streams, businessId, started, input.shared);
    } catch (err) {
      const { requestId } = started;
      deps.log.error({ err, requestId }, "the streams can't be created now; the worker will create them");
    }
  }

  async function insertOnce(database: BusinessDatabase): Promise<StartedGeneration> {
    deps.room.refuseWhenLow();
    for (let tries = 1; ; tries++) {
      try {
        return await insertRows(database);
      } catch (err) {
        await tellReached(database, err);
        if (!isAppError(err, "CONFLICT")) throw err;
        // If two concurrent requests have the same key, the unique index accepts the row of only one request. The other
        // request gets the same result.
        const winner = await findEarlier(database, caller, input.idempotencyKey, requestHash);
        if (winner) return winner;
        if (tries === placedTriesMax) throw err;
      }
    }
  }

  /**
   * If `err` is caused by a reached quota, stores the webhook event that informs the business's servers about it. The
   * refused transaction stored nothing, so the event is stored in a separate transaction.
   */
  async function tellReached(database: BusinessDatabase, err: unknown): Promise<void> {
    const reached = reachedOf(err);
    if (reached === undefined) return;
    await database.promising(["generations"], (trx) =>
      promiseReached(trx, caller.businessId, reached, Date.now()),
    );
  }

  function insertRows(database: BusinessDatabase): Promise<StartedGeneration> {
    return database.promising(["generations", "tiers", "orphans"], async (trx) => {
      const now = new Date().toISOString();
      const version = await input.place(trx, now);
      const { projectId, trackId, parentId, number, prompt, instruction, seed, spec } = version;
      const { durationSeconds } = version;
      const { quotas } = business.limits;
      const { businessId, userId } = caller;
      const isForGuest = quotas?.guest !== undefined && (await isGuest(trx, caller));
      const requested = { businessId, userId, quotas, isGuest: isForGuest, durationSeconds };
      // This call locks the row with the business's counts of the day until the transaction ends. So `refuseTooMany`
      // checks parallel requests of a business one after the other, and they can't exceed a limit together.
      await countRequested(trx, requested, Date.parse(now));
      const isEndless = input.options?.endless === true;
      const asking = { business, caller, address: input.address, durationSeconds, isEndless };
      const origin = await refuseTooMany(trx, { ...asking, limits: deps.makingLimits });
      const ids = { requestId: uuidv7(), projectId, trackId, versionId: uuidv7() };
      const started = { userId: caller.userId, ...ids, seed };
      const owned = { userId: caller.userId, createdAt: now };
      await trx
        .insertInto("versions")
        .values({
          ...owned,
          id: started.versionId,
          trackId,
          parentId,
          number,
          prompt,
          instruction,
          seed,
          spec,
          durationMs: version.durationMs,
          audioBytes: version.audioBytes,
          peaks: null,
          updatedAt: now,
          deletedAt: null,
        })
        .execute();
      await trx
        .insertInto("generations")
        .values({
          ...owned,
          id: started.requestId,
          projectId,
          trackId,
          versionId: started.versionId,
          state: "queued",
          prompt,
          seed,
          durationSeconds: version.durationSeconds,
          generator: input.generator ?? null,
          options: storedOptions(input.options),
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
      if (origin !== undefined) {
        const noted = { generationId: started.requestId, address: origin };
        await trx.insertInto("generationOrigins").values(noted).execute();
      }
      const job = generationJob.inputOf({ businessId: caller.businessId, origin, ...started });
      await promiseJob(trx, "generation", job);
      return started;
    });
  }
}

async function findBusiness({ registry }: PlaceGenerationDeps, caller: UserCaller): Promise<Business> {
  const business = await registry.findById(caller.businessId);
  if (!business) throw notFound("business");
  return business;
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
    .select(["id", "projectId", "trackId", "versionId", "seed", "requestHash"])
    .where("userId", "=", caller.userId)
    .where("idempotencyKey", "=", idempotencyKey)
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.requestHash !== requestHash) {
    throw new AppError("IDEMPOTENCY_MISMATCH", "This Idempotency-Key was used for another request.", {
      hint: "Use a new key for a new request; repeat a key only with the same body.",
    });
  }
  const { id: requestId, projectId, trackId, versionId, seed } = row;
  return { userId: caller.userId, requestId, projectId, trackId, versionId, seed: Number(seed) };
}

const hashOf = (request: unknown): string =>
  createHash("sha256").update(JSON.stringify(request)).digest("hex");
