// Cancels a generation. The audio that is already made stays and can be played. Cancelling closes the audio stream.
// Then the store refuses the worker's next chunk, and so the worker detects that the generation was cancelled.
import type { UserCaller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import { notFound } from "../errors.ts";
import type { Generator } from "../ports/generator/generator.ts";
import { type ClosingDeps, closeStreamsSoon, promiseClosing } from "./close-streams-soon.ts";
import { unlessClosed } from "./finish-generation.ts";
import { promiseEnded } from "./promise-ended.ts";
import { parseStoredOptions } from "./stored-options.ts";
import { audioKey } from "../streams/stream-keys.ts";
import type { GenerationState } from "../businesses/tables/schema.ts";
import { activeStates } from "./generation-states.ts";

export interface CancelGenerationDeps extends ClosingDeps {
  readonly databases: OpenDatabases;
  /**
   * A generator that has `health` runs on another machine. With such a generator, the event stream of a running
   * generation stays open after the cancellation, so that the worker can report in it. With any other generator, or
   * without one, the event stream is closed.
   */
  readonly generator?: Pick<Generator, "health">;
}

/**
 * The time in milliseconds that the worker has to stop a generator on another machine, and to report in the event
 * stream whether the generator stopped. After this time, a job closes the event stream.
 */
const farEndMs = 10_000;

/**
 * If the generation has already ended, its state stays unchanged. In every case, this call closes the streams that are
 * still open, with two exceptions:
 * - If the generator is on another machine, and the generation was running or already cancelled before this call, the
 *   event stream stays open. The worker or a job closes it later.
 * - An endless piece that has begun is not cancelled. Only its audio is closed, and the worker completes the piece with
 *   the length made so far.
 *
 * If the generation is missing or belongs to another user, throws NOT_FOUND. If the chunk store is not available, a
 * stored job closes the streams later. For an endless piece that has begun there is no such job, so this function
 * throws the error of the store.
 */
export async function cancelGeneration(
  deps: CancelGenerationDeps,
  caller: UserCaller,
  requestId: string,
): Promise<void> {
  const { businessId, userId } = caller;
  const isRemote = deps.generator?.health !== undefined;
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
      const audioOnly = isRemote && (before?.state === "running" || before?.state === "cancelled");
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
