// The worker's part of a generation: claims it, writes chunk by chunk, ends it. When it is killed
// at any instant, another worker continues at the byte.
import type { BusinessDatabase, OpenDatabases } from "../businesses/open-databases.ts";
import { flushOutbox } from "../businesses/outbox.ts";
import { AppError, isAppError } from "../errors.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import { GiveWayError, type JobQueue } from "../ports/job-queue/job-queue.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import type { GeneratedChunk, Generator } from "../ports/generator/generator.ts";
import { promiseUpload } from "../jobs/upload-job.ts";
import { sequenceOf } from "../streams/protocol/position-sequence.ts";
import { audioKey, eventsKey } from "../streams/stream-keys.ts";
import { unlessGone } from "../streams/unless-gone.ts";
import { createGenerationStreams } from "./create-streams.ts";
import { closeStreams, endGeneration } from "./finish-generation.ts";
import { appendEvent, type GenerationEvent } from "./generation-events.ts";
import {
  type Claimed,
  claimGeneration,
  saveCompletion,
  savePlan,
  saveProgress,
} from "./generation-record.ts";
import { isFinal } from "./generation-states.ts";
import { createGivingWay, type IsWanted } from "./give-way.ts";
import { createLoudnessOutline } from "./loudness-outline.ts";
import { lastReportedMs } from "./resume-point.ts";
import { isStoredAt } from "./stored-bytes.ts";
import { untilStalled } from "./until-stalled.ts";

export interface RunGenerationDeps {
  readonly databases: OpenDatabases;
  readonly streams: Pick<ChunkStore, "create" | "append" | "head" | "read" | "delete">;
  readonly generator: Generator;
  readonly jobs: Pick<JobQueue, "add">;
  /** Throws STORAGE_FULL when running generations have used up the space reserved for them. */
  readonly room: { refuseWhenLow(options: { readonly share: number }): void };
  /** The store for finished audio; undefined: the audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** A generator that sends nothing for this long is stopped. */
  readonly stallMs?: number;
}

export interface RunGenerationInput {
  readonly businessId: string;
  readonly requestId: string;
  /** If it is known, the leftovers of a purge in its streams are removed. */
  readonly versionId?: string | undefined;
  /** The owner for taking turns, where it is not the user. */
  readonly owner?: string | undefined;
  /** No run will follow this one: its failure fails the generation. */
  readonly lastAttempt: boolean;
  /** Whether this run should end early and continue at its next turn, because places are short. */
  readonly isWanted?: IsWanted;
}

const producerId = "generation";
const progressEveryMs = 500;

/**
 * Resolves when the generation has ended, in any state. Throws when a later run may succeed, and GiveWayError
 * when it yields to others.
 */
export function runGeneration(
  deps: RunGenerationDeps,
  input: RunGenerationInput,
  signal: AbortSignal,
): Promise<void> {
  return deps.databases.use(input.businessId, async (database) => {
    const claimed = await claimGeneration(database, input.requestId);
    if (!claimed) return dropStreams(deps.streams, input);
    // It had ended already; a crash may have prevented closing its streams.
    if (isFinal(claimed.state)) return closeStreams(deps, database, input.businessId, claimed);
    try {
      const outcome = await write(deps, database, input, claimed, signal);
      if (outcome === "complete") return;
      // Another generator had started it, or made the shared start: the whole audio is made again.
      await saveProgress(database, claimed, 0);
      await deps.streams.delete(audioKey(input.businessId, claimed.versionId));
      return runGeneration(deps, input, signal);
    } catch (err) {
      if (isLostToAnother(err)) return dropIfPurged(deps.streams, database, input, claimed.versionId);
      if (
        signal.aborted ||
        err instanceof GiveWayError ||
        isAway(err) ||
        !(input.lastAttempt || isHopeless(err))
      )
        throw err;
      await endGeneration(deps, database, input.businessId, claimed.id, failureOf(err));
    }
  });
}

/** A purge during this run may have removed streams that were then created again. */
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

async function write(
  deps: RunGenerationDeps,
  database: BusinessDatabase,
  { businessId, owner, isWanted }: RunGenerationInput,
  claimed: Claimed,
  signal: AbortSignal,
): Promise<"complete" | "other bytes are stored"> {
  const { streams } = deps;
  const requestId = claimed.id;
  const audio = audioKey(businessId, claimed.versionId);
  await createGenerationStreams(streams, businessId, { requestId, versionId: claimed.versionId });

  const stop = new AbortController();
  const generation = await deps.generator.start(
    {
      requestId,
      businessId,
      owner: owner ?? claimed.userId,
      userId: claimed.userId,
      versionId: claimed.versionId,
      prompt: claimed.prompt,
      seed: Number(claimed.seed),
      durationSeconds: claimed.durationSeconds,
      ...(claimed.spec === null ? {} : { spec: JSON.parse(claimed.spec) }),
    },
    AbortSignal.any([signal, stop.signal]),
  );
  const { plan } = generation;

  // Each stream has its own producer: both count from 0 within this worker's epoch.
  const producer = { id: producerId, epoch: claimed.epoch };
  let eventSeq = 0;
  const tell = (event: GenerationEvent, close = false) =>
    appendEvent(streams, businessId, requestId, event, { producer: { ...producer, seq: eventSeq++ }, close });

  const stored = await streams.head(audio);
  let position = stored?.tail ?? 0;
  if (position > 0 && !deps.generator.deterministic)
    throw new AppError("GENERATION_FAILED", "It was interrupted and can't be continued.");
  const reportedMs = await lastReportedMs(streams, businessId, requestId);

  await savePlan(database, claimed, plan, deps.generator.name);
  if (reportedMs === undefined) {
    await tell({
      type: "started",
      at: new Date().toISOString(),
      title: plan.title,
      plannedMs: plan.durationMs,
      plannedBytes: plan.plannedBytes ?? null,
    });
  }

  const giveWay =
    isWanted && deps.generator.deterministic ? createGivingWay(isWanted, plan.durationMs) : undefined;
  const outline = createLoudnessOutline(plan.durationMs);
  let audioSeq = 0;
  let made = 0;
  let generatedMs = 0;
  let savedAtMs = performance.now();
  try {
    for await (const chunk of untilStalled(generation.chunks, deps.stallMs ?? 60_000)) {
      outline.add(chunk);
      deps.room.refuseWhenLow({ share: 0.5 });
      const known = chunk.bytes.subarray(0, Math.max(0, position - made));
      if (!(await isStoredAt(streams, audio, made, known))) return "other bytes are stored";
      const missing = made + chunk.bytes.length - position;
      if (missing > 0) {
        const bytes =
          missing < chunk.bytes.length ? chunk.bytes.subarray(chunk.bytes.length - missing) : chunk.bytes;
        // Another worker may have written since the check: the bytes at this position are stored
        // only once.
        const { state } = await streams.append(audio, {
          chunks: [bytes],
          producer: { ...producer, seq: audioSeq++ },
          sequence: sequenceOf(position),
        });
        position = state.tail;
      }
      made += chunk.bytes.length;
      generatedMs = Math.round(chunk.startMs + chunk.durationMs);
      if (generatedMs > (reportedMs ?? 0)) await tell(progressOf(chunk, generatedMs));
      if (missing > 0 && performance.now() - savedAtMs >= progressEveryMs) {
        savedAtMs = performance.now();
        await saveProgress(database, claimed, generatedMs);
      }
      await giveWay?.(generatedMs);
    }
  } finally {
    stop.abort();
  }
  if (plan.plannedBytes !== undefined && position !== plan.plannedBytes) {
    throw new AppError("GENERATION_FAILED", "The generator made another length than it had planned.", {
      details: { planned: plan.plannedBytes, made: position },
    });
  }

  await streams.append(audio, { chunks: [], close: true });
  const completed = { generatedMs, audioBytes: position, peaks: outline.toBase64() };
  await saveCompletion(database, claimed, completed, async (trx) => {
    if (deps.objects) await promiseUpload(trx, { businessId, versionId: claimed.versionId, requestId });
  });
  await tell({ type: "complete", at: new Date().toISOString(), generatedMs }, true);
  if (deps.objects) await flushOutbox(database, deps.jobs);
  return "complete";
}

const progressOf = (chunk: GeneratedChunk, generatedMs: number): GenerationEvent => ({
  type: "progress",
  at: new Date().toISOString(),
  startMs: Math.round(chunk.startMs),
  generatedMs,
  ...(chunk.section === undefined ? {} : { section: chunk.section }),
  ...(chunk.bar === undefined ? {} : { bar: chunk.bar }),
  peaks: Buffer.from(chunk.peaks.buffer, chunk.peaks.byteOffset, chunk.peaks.byteLength).toString("base64"),
});

/**
 * Closed: the user stopped it. Fenced: another worker has claimed it. Not found or gone: it was
 * deleted. In each case nothing is left to do here.
 */
const isLostToAnother = (err: unknown): boolean =>
  isAppError(err, "STREAM_CLOSED", "PRODUCER_FENCED", "NOT_FOUND", "GONE");

/** Another try would end the same way. */
const isHopeless = (err: unknown): boolean => isAppError(err, "INVALID_PARAMETER", "STORAGE_FULL");

/** An unavailable store is no fault of the piece: it is made when the store is available again. */
const isAway = (err: unknown): boolean => isAppError(err, "UNAVAILABLE");

const failureOf = (err: unknown) =>
  ({
    state: "failed",
    code: err instanceof AppError ? err.code : "GENERATION_FAILED",
    reason: err instanceof AppError ? err.publicMessage : "The generator failed while making this piece.",
  }) as const;
