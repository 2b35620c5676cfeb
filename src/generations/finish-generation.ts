// The end of a generation, whichever: the row first, then the streams are closed, so that no listener waits for more.
import type { BusinessDatabase } from "../businesses/open-databases.ts";
import type { GenerationState } from "../businesses/schema.ts";
import { isAppError } from "../errors.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import { audioKey } from "../streams/stream-keys.ts";
import { appendEvent, type GenerationEvent } from "./generation-events.ts";
import { activeStates } from "./generation-states.ts";

export type Ending =
  | { readonly state: "failed"; readonly code: string; readonly reason: string }
  | { readonly state: "cancelled" };

interface Streams {
  readonly streams: Pick<ChunkStore, "append">;
}

/**
 * Ends a generation that will make nothing more; what it made so far stays and plays. Where it had
 * come to an end before, that end stands. Safe to repeat after a crash between its steps.
 */
export async function endGeneration(
  deps: Streams,
  database: BusinessDatabase,
  businessId: string,
  requestId: string,
  ending: Ending,
): Promise<void> {
  await database.kysely
    .updateTable("generations")
    .set({
      state: ending.state,
      finishedAt: new Date().toISOString(),
      reasonCode: ending.state === "failed" ? ending.code : null,
      reason: ending.state === "failed" ? ending.reason : null,
    })
    .where("id", "=", requestId)
    .where("state", "in", activeStates)
    .execute();
  const row = await database.kysely
    .selectFrom("generations")
    .select(["id", "versionId", "state", "reasonCode", "reason", "generatedMs"])
    .where("id", "=", requestId)
    .executeTakeFirst();
  if (row) await closeStreams(deps, businessId, row);
}

export interface FinalGeneration {
  readonly id: string;
  readonly versionId: string;
  readonly state: GenerationState;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly generatedMs: number;
}

/** Closes both streams of a generation that has come to its end, with the event that says which. Repeating changes nothing. */
export async function closeStreams(
  deps: Streams,
  businessId: string,
  generation: FinalGeneration,
): Promise<void> {
  const { streams } = deps;
  await unlessClosed(streams.append(audioKey(businessId, generation.versionId), { chunks: [], close: true }));
  await unlessClosed(
    appendEvent(streams, businessId, generation.id, finalEvent(generation), { close: true }),
  );
}

function finalEvent(generation: FinalGeneration): GenerationEvent {
  const at = new Date().toISOString();
  switch (generation.state) {
    case "complete":
      return { type: "complete", at, generatedMs: generation.generatedMs };
    case "cancelled":
      return { type: "cancelled", at };
    default:
      return {
        type: "failed",
        at,
        code: generation.reasonCode ?? "GENERATION_FAILED",
        reason: generation.reason ?? "It could not be finished.",
      };
  }
}

/** A stream that is closed or gone already is where we want it. */
async function unlessClosed(append: Promise<unknown>): Promise<void> {
  try {
    await append;
  } catch (err) {
    if (!isAppError(err, "STREAM_CLOSED", "NOT_FOUND", "GONE")) throw err;
  }
}
