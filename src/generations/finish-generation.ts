// Ends a generation. First, the row of the generation gets the final state. Then the streams of the generation are
// closed, so that no listener waits for more audio or events.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import type { GenerationState } from "../businesses/tables/schema.ts";
import { isAppError } from "../errors.ts";
import type { ChunkStore, StreamKey } from "../ports/chunk-store/chunk-store.ts";
import type { FarEnd } from "../ports/generator/generator.ts";
import { audioKey } from "../streams/stream-keys.ts";
import { appendEvent, type GenerationEvent } from "./generation-events.ts";
import { activeStates } from "./generation-states.ts";
import { findFarEnd } from "./run/generator-calls.ts";
import { promiseEnded } from "./promise-ended.ts";
import { measureAudio } from "./run/measure-audio.ts";

export type Ending =
  | { readonly state: "failed"; readonly code: string; readonly reason: string }
  | { readonly state: "cancelled" };

export interface EndingStreams {
  readonly streams: Pick<ChunkStore, "append" | "head" | "read">;
}

/**
 * Ends a generation that will make no more audio. The audio that exists is not deleted and can be
 * played. If the generation has already ended, its state doesn't change, and only open streams are
 * closed. If the generation does not exist, nothing happens. If the process crashes during the
 * call, the call can be repeated.
 */
export async function endGeneration(
  deps: EndingStreams,
  database: BusinessDatabase,
  businessId: string,
  requestId: string,
  ending: Ending,
): Promise<void> {
  await database.promising(["generations"], async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("generations")
      .set({
        state: ending.state,
        finishedAt: new Date().toISOString(),
        reasonCode: ending.state === "failed" ? ending.code : null,
        reason: ending.state === "failed" ? ending.reason : null,
      })
      .where("id", "=", requestId)
      .where("state", "in", activeStates)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows > 0n) await promiseEnded(trx, businessId, requestId);
  });
  const row = await database.kysely
    .selectFrom("generations")
    .select(["id", "versionId", "state", "reasonCode", "reason", "generatedMs"])
    .where("id", "=", requestId)
    .executeTakeFirst();
  if (row) await closeStreams(deps, database, businessId, row);
}

export interface FinalGeneration {
  readonly id: string;
  readonly versionId: string;
  readonly state: GenerationState;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly generatedMs: number;
}

/**
 * Closes the audio stream of an ended generation like `closeAudio`. Then appends the last event, which contains the
 * final state, and closes the event stream. A second call changes nothing.
 */
export async function closeStreams(
  { streams }: EndingStreams,
  database: BusinessDatabase,
  businessId: string,
  generation: FinalGeneration,
): Promise<void> {
  await closeAudio({ streams }, database, businessId, generation);
  const farEnd = generation.state === "cancelled" ? await findFarEnd(database, generation.id) : undefined;
  await unlessClosed(
    appendEvent(streams, businessId, generation.id, finalEvent(generation, farEnd), { close: true }),
  );
}

/**
 * Closes the audio stream of an ended generation. If the generation was cancelled or failed, stores
 * the length of the existing audio as the length of the version and of the generation. The event
 * stream stays open, because the last event has to say whether the generator stopped, and the worker
 * finds this out later.
 */
export async function closeAudio(
  { streams }: EndingStreams,
  database: BusinessDatabase,
  businessId: string,
  generation: FinalGeneration,
): Promise<void> {
  const audio = audioKey(businessId, generation.versionId);
  const isThere = await unlessClosed(streams.append(audio, { chunks: [], close: true }));
  if (isThere && generation.state !== "complete") await saveLengthMade(streams, database, audio, generation);
}

function finalEvent(generation: FinalGeneration, farEnd: FarEnd | undefined): GenerationEvent {
  const at = new Date().toISOString();
  switch (generation.state) {
    case "complete":
      return { type: "complete", at, generatedMs: generation.generatedMs };
    case "cancelled":
      return { type: "cancelled", at, ...(farEnd === undefined ? {} : { generatorEnd: farEnd }) };
    default:
      return {
        type: "failed",
        at,
        code: generation.reasonCode ?? "GENERATION_FAILED",
        reason: generation.reason ?? "The generation could not be finished.",
      };
  }
}

async function saveLengthMade(
  streams: EndingStreams["streams"],
  database: BusinessDatabase,
  audio: StreamKey,
  { id, versionId, generatedMs }: FinalGeneration,
): Promise<void> {
  const version = await database.kysely
    .selectFrom("versions")
    .select("audioBytes")
    .where("id", "=", versionId)
    .executeTakeFirst();
  const state = version && (await streams.head(audio));
  if (!state || (version.audioBytes !== null && Number(version.audioBytes) === state.tail)) return;
  // Audio without MP3 frames can't be measured. In this case the length that the generator reported is used.
  const { ms: measuredMs } = await measureAudio(streams, audio, state.tail);
  const madeMs = measuredMs === 0 && state.tail > 0 ? generatedMs : measuredMs;
  await database.transaction(async (trx) => {
    await trx
      .updateTable("versions")
      .set({ audioBytes: state.tail, durationMs: madeMs, updatedAt: new Date().toISOString() })
      .where("id", "=", versionId)
      .execute();
    await trx.updateTable("generations").set({ generatedMs: madeMs }).where("id", "=", id).execute();
  });
}

/**
 * Waits for an append. Returns true if the append succeeded or the stream was already closed. Returns false if the
 * stream is missing or was deleted. Throws every other error.
 */
export async function unlessClosed(append: Promise<unknown>): Promise<boolean> {
  try {
    await append;
    return true;
  } catch (err) {
    if (!isAppError(err, "STREAM_CLOSED", "NOT_FOUND", "GONE")) throw err;
    return isAppError(err, "STREAM_CLOSED");
  }
}
