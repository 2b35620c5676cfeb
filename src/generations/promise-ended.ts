// Stores the event of an ended generation for the business's servers, in the transaction that ends it.
import type { PromisingTransaction } from "../businesses/outbox/promising.ts";
import { promiseEvent } from "../webhooks/promise-event.ts";

/** Call it once for each generation, after its row has the final state. */
export async function promiseEnded(
  trx: PromisingTransaction,
  businessId: string,
  requestId: string,
): Promise<void> {
  const row = await trx
    .selectFrom("generations")
    .select(["id as requestId", "userId", "projectId", "trackId", "versionId", "generatedMs as durationMs"])
    .select(["state", "reasonCode", "reason"])
    .where("id", "=", requestId)
    .executeTakeFirst();
  if (row === undefined) return;
  const { state, reasonCode, reason, ...data } = row;
  if (state === "failed") {
    const why = { code: reasonCode ?? "GENERATION_FAILED", reason: reason ?? "It could not be finished." };
    await promiseEvent(trx, businessId, { type: "generation.failed", data: { ...data, ...why } });
  } else if (state === "complete" || state === "cancelled")
    await promiseEvent(trx, businessId, { type: `generation.${state}`, data });
}
