// Counts an ended generation in the usage, and stores a webhook event about the generation for the
// business's servers. Both are done in the transaction that ends the generation.
import type { PromisingTransaction } from "../businesses/outbox/promising.ts";
import { countEnded } from "../usage/count-generation.ts";
import { promiseEvent } from "../webhooks/promise-event.ts";

/**
 * Call this function exactly one time for each generation, because each call counts the generation
 * and stores an event. The row of the generation must already have the final state. If the row is
 * missing, nothing happens.
 */
export async function promiseEnded(
  trx: PromisingTransaction,
  businessId: string,
  requestId: string,
): Promise<void> {
  const row = await trx
    .selectFrom("generations as g")
    .innerJoin("versions as v", "v.id", "g.versionId")
    .select(["g.id as requestId", "g.userId", "g.projectId", "g.trackId", "g.versionId"])
    .select(["g.generatedMs as durationMs", "g.state", "g.reasonCode", "g.reason", "g.createdAt"])
    .select("v.audioBytes")
    .where("g.id", "=", requestId)
    .executeTakeFirst();
  if (row === undefined) return;
  const { state, reasonCode, reason, createdAt, audioBytes, ...data } = row;
  const { userId, durationMs: soundMs } = data;
  await countEnded(trx, { userId, createdAt, state, soundMs, bytes: Number(audioBytes ?? 0) });
  if (state === "failed") {
    const why = {
      code: reasonCode ?? "GENERATION_FAILED",
      reason: reason ?? "The generation could not be finished.",
    };
    await promiseEvent(trx, businessId, { type: "generation.failed", data: { ...data, ...why } });
  } else if (state === "complete" || state === "cancelled")
    await promiseEvent(trx, businessId, { type: `generation.${state}`, data });
}
