// Does the worker's part of a generation: claims it, makes its audio, and ends it. If the worker is killed at any
// moment, another worker continues at the next byte, or reports that the generator can't continue.
import type { BusinessDatabase } from "../../businesses/databases/open-databases.ts";
import { AppError, isAppError } from "../../errors.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import { GiveWayError } from "../../ports/job-queue/job-queue.ts";
import { type FarEnd, HandOverError } from "../../ports/generator/generator.ts";
import { audioKey, eventsKey } from "../../streams/stream-keys.ts";
import { unlessGone } from "../../streams/unless-gone.ts";
import { closeStreams, endGeneration } from "../finish-generation.ts";
import { type Claimed, claimGeneration, saveProgress } from "../generation-record.ts";
import { isFinal } from "../generation-states.ts";
import { noteFarEnd } from "./generator-calls.ts";
import { InterruptedError } from "./interrupted.ts";
import { makeAudio } from "./make-audio.ts";
import type { RunGenerationDeps, RunGenerationInput } from "./making.ts";

export type { RunGenerationDeps };

/**
 * Resolves when this run has nothing left to do: the generation has ended in any state, was
 * deleted, or was claimed by another run. Throws if a later run can succeed:
 * - after an abort: the signal's reason
 * - if other generations should run first: GiveWayError
 * - if a store or the generator is unavailable: UNAVAILABLE
 * - before the last attempt: also any other error after which another attempt can succeed
 */
export function runGeneration(
  given: RunGenerationDeps,
  input: RunGenerationInput,
  signal: AbortSignal,
): Promise<void> {
  return given.databases.use(input.businessId, async (database) => {
    const claimed = await claimGeneration(database, input.requestId);
    if (!claimed) return dropStreams(given.streams, input);
    // The generation has already ended. If an earlier run crashed, the streams may still be open.
    if (isFinal(claimed.state)) return closeStreams(given, database, input.businessId, claimed);
    const generator = (await given.chooseGenerator?.(input.businessId, claimed)) ?? given.generator;
    const deps = { ...given, generator };
    let farEnd: Promise<FarEnd> | undefined;
    const onFarEnd = (end: Promise<FarEnd>): void => {
      farEnd = end;
    };
    const stop = new AbortController();
    const onAbort = (): void => stop.abort(deps.generator.canResume ? handOver() : signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      signal.throwIfAborted();
      const outcome = await makeAudio({ ...deps, database }, { ...input, claimed, stop, onFarEnd });
      if (outcome === "complete") return;
      // The stored bytes differ from the bytes that this generator made. So another generator made the stored bytes,
      // either in an earlier run of this generation, or for the parent with which this version shares its beginning.
      // The stored bytes are deleted, and the whole audio is made again.
      await saveProgress(database, claimed, 0);
      await deps.streams.delete(audioKey(input.businessId, claimed.versionId));
      return runGeneration(given, input, signal);
    } catch (err) {
      if (isLostToAnother(err) && !(signal.aborted && err instanceof HandOverError)) {
        stop.abort((await isClaimedByAnother(database, claimed)) ? handOver() : err);
        await tellFarEnd(deps, database, input.businessId, claimed, farEnd);
        return dropIfPurged(deps.streams, database, input, claimed.versionId);
      }
      if (
        signal.aborted ||
        err instanceof GiveWayError ||
        isAway(err) ||
        !(input.lastAttempt || isHopeless(err) || (await isFinalFor(deps, input.businessId, claimed)))
      ) {
        stop.abort(deps.generator.canResume ? handOver() : err);
        throw signal.aborted ? signal.reason : err;
      }
      stop.abort(err);
      await endGeneration(deps, database, input.businessId, claimed.id, failureOf(err));
    } finally {
      signal.removeEventListener("abort", onAbort);
      stop.abort();
    }
  });
}

const handOver = () => new HandOverError("Another run continues this generation.");

async function isClaimedByAnother({ kysely }: BusinessDatabase, { id, epoch }: Claimed): Promise<boolean> {
  const row = await kysely
    .selectFrom("generations")
    .select(["state", "epoch"])
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.state === "running" && row.epoch !== epoch;
}

/**
 * Waits until it is known whether the generator of a cancelled generation has stopped. Then closes
 * the event stream, whose last event reports the result. Does nothing if the generation was not
 * cancelled, or if this run has called no generator on another machine.
 */
async function tellFarEnd(
  deps: RunGenerationDeps,
  database: BusinessDatabase,
  businessId: string,
  claimed: Claimed,
  farEnd: Promise<FarEnd> | undefined,
): Promise<void> {
  if (farEnd === undefined) return;
  const row = await database.kysely
    .selectFrom("generations")
    .select(["id", "versionId", "state", "reasonCode", "reason", "generatedMs"])
    .where("id", "=", claimed.id)
    .where("state", "=", "cancelled")
    .executeTakeFirst();
  if (!row) return;
  await noteFarEnd(database, claimed.id, await farEnd);
  await closeStreams(deps, database, businessId, row);
}

/**
 * Returns whether a failure of this run is final.
 * - With a deterministic generator, the failure is not final, because a second call makes the same piece.
 * - With a generator that can resume, the failure is not final if some audio is stored, because a second call continues
 *   the piece. Otherwise it is final.
 * - With any other generator, the failure is final. A second call would make another piece, and might cost money.
 */
async function isFinalFor(
  { generator, streams }: RunGenerationDeps,
  businessId: string,
  claimed: Claimed,
): Promise<boolean> {
  if (generator.deterministic) return false;
  if (!generator.canResume) return true;
  const stored = await unlessGone(streams.head(audioKey(businessId, claimed.versionId)));
  return (stored?.tail ?? 0) === 0;
}

/**
 * If the version was purged during this run, deletes its streams again. This run can have created them after the purge.
 */
async function dropIfPurged(
  streams: Pick<ChunkStore, "delete">,
  database: BusinessDatabase,
  input: RunGenerationInput,
  versionId: string,
): Promise<void> {
  const row = await database.kysely
    .selectFrom("generations")
    .select("id")
    .where("id", "=", input.requestId)
    .executeTakeFirst();
  if (!row) await dropStreams(streams, { ...input, versionId });
}

async function dropStreams(
  streams: Pick<ChunkStore, "delete">,
  { businessId, requestId, versionId }: RunGenerationInput,
): Promise<void> {
  const keys = [eventsKey(businessId, requestId)];
  if (versionId !== undefined) keys.push(audioKey(businessId, versionId));
  for (const key of keys) await unlessGone(streams.delete(key));
}

/**
 * Returns whether the run has lost its generation. STREAM_CLOSED: the user stopped the generation.
 * PRODUCER_FENCED: the user stopped it, or another worker has claimed it. HandOverError: another
 * worker has claimed it. NOT_FOUND or GONE: it was deleted.
 */
const isLostToAnother = (err: unknown): boolean =>
  err instanceof HandOverError || isAppError(err, "STREAM_CLOSED", "PRODUCER_FENCED", "NOT_FOUND", "GONE");

/** Returns whether another attempt would fail in the same way. */
const isHopeless = (err: unknown): boolean =>
  err instanceof InterruptedError || isAppError(err, "INVALID_PARAMETER", "STORAGE_FULL");

/**
 * Returns whether a store or the generator is unavailable. Then the generation doesn't fail, even
 * in the last attempt, and is tried again later.
 */
const isAway = (err: unknown): boolean => isAppError(err, "UNAVAILABLE");

const failureOf = (err: unknown) =>
  ({
    state: "failed",
    code: err instanceof AppError ? err.code : "GENERATION_FAILED",
    reason: err instanceof AppError ? err.publicMessage : "The generator failed while making this piece.",
  }) as const;
