// Cancels a generation. The audio that is already made stays and can be played. Cancelling closes the audio stream.
// Then the store refuses the worker's next chunk, and so the worker detects that the generation was cancelled.
import type { UserCaller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import { notFound } from "../errors.ts";
import { type ClosingDeps, closeStreamsSoon, promiseClosing } from "./close-streams-soon.ts";
import { unlessClosed } from "./finish-generation.ts";
import { promiseEnded } from "./promise-ended.ts";
import { wasAsked } from "./run/generator-calls.ts";
import { parseStoredOptions } from "./stored-options.ts";
import { audioKey } from "../streams/stream-keys.ts";
import type { GenerationState } from "../businesses/tables/schema.ts";
import { activeStates } from "./generation-states.ts";

export interface CancelGenerationDeps extends ClosingDeps {
  readonly databases: OpenDatabases;
}

/**
 * The time in milliseconds that the worker has to stop a generator on another machine, and to report in the event
 * stream whether the generator stopped. After this time, a job closes the event stream.
 */
const farEndMs = 10_000;

/**
 * Cancels a generation that has not ended, and closes its streams. If the generation has ended, its state stays as it
 * is, and streams that are still open are closed. There are two exceptions:
 * - An endless piece that has begun is not cancelled. Only its audio stream is closed, and the worker completes the
 *   piece with the length made so far.
 * - If the piece is made by a generator on another machine, the event stream stays open, because the worker will report
 *   in it whether the generator has stopped. The worker or a job closes the event stream afterwards.
 *
 * Throws NOT_FOUND if the generation is missing or belongs to another user. If the chunk store is not available, a
 * stored job closes the streams later. There is one exception: for an endless piece that has begun, no job is stored,
 * and the error of the chunk store is thrown.
 */
export async function cancelGeneration(
  deps: CancelGenerationDeps,
  caller: UserCaller,
  requestId: string,
): Promise<void> {
  const { businessId, userId } = caller;
  await deps.databases.use(businessId, async (database) => {
    const { ended, audioOnly, endsHere } = await database.promising(["generations"], async (trx) => {
      const find = trx
        .selectFrom("generations")
        .select(["id", "versionId", "state", "reasonCode", "reason", "generatedMs", "options"])
        .where("id", "=", requestId)
        .where("userId", "=", userId);
      const before = await find.executeTakeFirst();
      if (before && endlessHasBegun(before)) return { ended: before, endsHere: true };
      const { numUpdatedRows } = await trx
        .updateTable("generations")
        .set({ state: "cancelled", finishedAt: new Date().toISOString() })
        .where("id", "=", requestId)
        .where("userId", "=", userId)
        .where("state", "in", activeStates)
        .executeTakeFirst();
      const isStopped = numUpdatedRows > 0n;
      const audioOnly =
        (before?.state === "running" || before?.state === "cancelled") && (await wasAsked(trx, requestId));
      if (isStopped) {
        await promiseClosing(trx, businessId, requestId, audioOnly ? { delayMs: farEndMs } : undefined);
        await promiseEnded(trx, businessId, requestId);
      }
      return { ended: await find.executeTakeFirst(), audioOnly };
    });
    if (!ended) throw notFound("generation");
    if (endsHere) return endAudio(deps, businessId, ended.versionId);
    await closeStreamsSoon(deps, database, businessId, [ended], { audioOnly });
  });
}

interface Row {
  readonly state: GenerationState;
  readonly generatedMs: number;
  readonly options: unknown;
}

const endlessHasBegun = ({ state, generatedMs, options }: Row): boolean =>
  state === "running" && generatedMs > 0 && parseStoredOptions(options)?.endless === true;

/** Closes the audio. Then the store refuses the worker's next chunk, and the worker completes the piece. */
async function endAudio(
  { streams }: Pick<CancelGenerationDeps, "streams">,
  businessId: string,
  versionId: string,
): Promise<void> {
  const audio = audioKey(businessId, versionId);
  await unlessClosed(streams.append(audio, { chunks: [], close: true }));
}
