// Lists the webhook deliveries of a business, newest first, and replays dead deliveries. A delivery is dead if Rondo
// makes no further attempt, although no attempt succeeded.
import type { BusinessDatabase, OpenDatabases } from "../businesses/databases/open-databases.ts";
import { promiseJob } from "../businesses/outbox/outbox.ts";
import { flushAfterCommit } from "../businesses/outbox/promising.ts";
import type { WebhookDeliveryState } from "../businesses/tables/schema.ts";
import { AppError, notFound } from "../errors.ts";
import { webhookJob } from "../jobs/webhook-job.ts";
import type { Try } from "./record-outcome.ts";

export interface DeliverySearch {
  readonly endpointId?: string | undefined;
  readonly state?: WebhookDeliveryState | undefined;
  /** The id of a delivery. Only deliveries that are older than this delivery are listed. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface DeliveryView {
  readonly id: string;
  readonly endpointId: string;
  /** The id of the event, which is sent in the header webhook-id. */
  readonly eventId: string;
  readonly type: string;
  readonly data: unknown;
  readonly state: WebhookDeliveryState;
  /** The HTTP status of the last attempt; null if this attempt got no response, or before the first attempt. */
  readonly answerCode: number | null;
  /** The latest attempts (at most 20), oldest first. Attempts before a replay are included. */
  readonly tries: readonly Try[];
  /** The time of the next attempt; null if the delivery has ended. */
  readonly nextAttemptAt: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

interface Deps {
  readonly databases: OpenDatabases;
}

export const listDeliveries = (
  { databases }: Deps,
  businessId: string,
  { endpointId, state, before, limit }: DeliverySearch,
): Promise<readonly DeliveryView[]> =>
  databases.use(businessId, async (database) => {
    let found = views(database).orderBy("d.id", "desc").limit(limit);
    if (endpointId !== undefined) found = found.where("d.endpointId", "=", endpointId);
    if (state !== undefined) found = found.where("d.state", "=", state);
    if (before !== undefined) found = found.where("d.id", "<", before);
    return (await found.execute()).map(viewOf);
  });

/**
 * Makes a dead delivery pending again. The attempts are counted from 0 again. Errors: NOT_FOUND if there is no such
 * delivery; CONFLICT if the delivery is not dead, or if its endpoint is not active.
 */
export const replayDelivery = ({ databases }: Deps, businessId: string, id: string): Promise<DeliveryView> =>
  databases.use(businessId, async (database) => {
    const [row] = await findEach(database, id);
    if (row === undefined) throw notFound("webhook delivery");
    if (row.state !== "dead")
      throw new AppError("CONFLICT", `This delivery is ${row.state}, not dead.`, {
        hint: "Only dead deliveries can be replayed.",
      });
    if (row.endpointState !== "active")
      throw new AppError("CONFLICT", `The endpoint of this delivery is ${row.endpointState}.`, {
        hint: "Set its state to active first.",
      });
    await replayEach(database, businessId, { id });
    const [replayed] = await findEach(database, id);
    if (replayed === undefined) throw notFound("webhook delivery");
    return viewOf(replayed);
  });

/**
 * Replays every dead delivery of an endpoint, and returns the number of replayed deliveries. Returns 0 if the endpoint
 * is not active or doesn't exist.
 */
export const replayEndpoint = (
  { databases }: Deps,
  businessId: string,
  endpointId: string,
): Promise<number> =>
  databases.use(businessId, (database) => replayEach(database, businessId, { endpointId }));

async function replayEach(
  database: BusinessDatabase,
  businessId: string,
  { id, endpointId }: { readonly id?: string; readonly endpointId?: string },
): Promise<number> {
  return database.promising(["generations"], async (trx) => {
    const now = new Date().toISOString();
    const active = trx.selectFrom("webhookEndpoints").select("id").where("state", "=", "active");
    let dead = trx
      .updateTable("webhookDeliveries")
      .set((eb) => ({
        ...{ state: "pending", attempts: 0, round: eb("round", "+", 1), nextAttemptAt: now },
        ...{ claimedUntil: null, finishedAt: null },
      }))
      .where("state", "=", "dead")
      .where("endpointId", "in", active);
    if (id !== undefined) dead = dead.where("id", "=", id);
    if (endpointId !== undefined) dead = dead.where("endpointId", "=", endpointId);
    const rows = await dead.returning(["id", "endpointId", "round"]).execute();
    for (const row of rows) {
      const ids = { businessId, endpointId: row.endpointId, deliveryId: row.id };
      await promiseJob(trx, "webhook-retry", webhookJob.inputOf({ ...ids, round: row.round, attempt: 0 }));
    }
    flushAfterCommit(trx);
    return rows.length;
  });
}

const views = ({ kysely }: BusinessDatabase) =>
  kysely
    .selectFrom("webhookDeliveries as d")
    .innerJoin("webhookEvents as v", "v.id", "d.eventId")
    .innerJoin("webhookEndpoints as e", "e.id", "d.endpointId")
    .select(["d.id", "d.endpointId", "d.eventId", "v.type", "v.data", "d.state", "d.answerCode", "d.tries"])
    .select(["d.nextAttemptAt", "d.createdAt", "d.finishedAt", "e.state as endpointState"]);

const findEach = (database: BusinessDatabase, id: string) => views(database).where("d.id", "=", id).execute();

type Row = Awaited<ReturnType<typeof findEach>>[number];

const viewOf = ({ endpointState: _, data, tries, nextAttemptAt, ...row }: Row): DeliveryView => ({
  ...row,
  data: JSON.parse(data) as unknown,
  tries: JSON.parse(tries) as Try[],
  nextAttemptAt: row.state === "pending" ? nextAttemptAt : null,
});
