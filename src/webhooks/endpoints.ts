// Creates, lists, changes and deletes the webhook endpoints of a business. A secret is returned only by the call that
// creates the secret.
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { Business } from "../businesses/business.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import { promiseJob } from "../businesses/outbox/outbox.ts";
import { flushAfterCommit, type PromisingTransaction } from "../businesses/outbox/promising.ts";
import type { BusinessTables, WebhookEndpointState } from "../businesses/tables/schema.ts";
import { AppError, notFound } from "../errors.ts";
import { webhookJob } from "../jobs/webhook-job.ts";
import type { Dial } from "../ports/dial-public.ts";
import { newSecret, sealSecret } from "./endpoint-secrets.ts";
import { refuseUnusableUrl } from "./endpoint-url.ts";
import { eventTypes } from "./event-types.ts";
import { listOf, storeEvent } from "./promise-event.ts";

export interface EndpointDeps {
  readonly databases: OpenDatabases;
  readonly dialWebhook: Dial;
}

export interface EndpointView {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly state: WebhookEndpointState;
  /**
   * The number of failed attempts in a row. The count begins again at 0 when an attempt succeeds, and when
   * `changeEndpoint` sets the state.
   */
  readonly failures: number;
  readonly blockedUntil: string | null;
  /**
   * Until this time, messages are also signed with the secret that the last rotation replaced. Null if the secret was
   * never rotated.
   */
  readonly formerSecretUntil: string | null;
  readonly createdAt: string;
  readonly changedAt: string;
}

export interface EndpointChanges {
  readonly url?: string | undefined;
  readonly events?: readonly string[] | undefined;
  readonly state?: "active" | "paused" | undefined;
}

const endpointsMax = 20;
/**
 * The key of an advisory lock. Because of this lock, endpoints are created one after the other, so concurrent calls
 * can't exceed `endpointsMax`. No other lock in the database of a business may have this number.
 */
const endpointsLock = 7_271_934;

/**
 * Creates an endpoint, and returns the endpoint with its secret. Errors: INVALID_PARAMETER for a refused address,
 * CONFLICT for too many endpoints.
 */
export async function createEndpoint(
  { databases, dialWebhook }: EndpointDeps,
  business: Business,
  { url, events = eventTypes }: { readonly url: string; readonly events?: readonly string[] | undefined },
): Promise<EndpointView & { readonly secret: string }> {
  await refuseUnusableUrl(url, dialWebhook);
  const [id, secret, now] = [uuidv7(), newSecret(), new Date().toISOString()];
  return databases.use(business.id, (database) =>
    database.transaction(async (trx) => {
      // On SQLite no lock is needed, because only one transaction can write at a time.
      if (database.dialect === "postgres")
        await sql`select pg_advisory_xact_lock(${endpointsLock})`.execute(trx);
      const { count } = await trx
        .selectFrom("webhookEndpoints")
        .select((eb) => eb.fn.countAll<number | string>().as("count"))
        .executeTakeFirstOrThrow();
      if (Number(count) >= endpointsMax) throw tooMany();
      const row = await trx
        .insertInto("webhookEndpoints")
        .values({
          ...{ id, url, events: JSON.stringify([...new Set(events)]), state: "active" },
          ...{ secret: sealSecret(business, id, secret), createdAt: now, changedAt: now },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return { ...viewOf(row), secret };
    }),
  );
}

export const listEndpoints = (
  { databases }: Pick<EndpointDeps, "databases">,
  businessId: string,
): Promise<readonly EndpointView[]> =>
  databases.use(businessId, async ({ kysely }) =>
    (await kysely.selectFrom("webhookEndpoints").selectAll().orderBy("id").execute()).map(viewOf),
  );

/** Throws NOT_FOUND for a missing endpoint, and for an endpoint of another business. */
export const getEndpoint = (
  { databases }: Pick<EndpointDeps, "databases">,
  businessId: string,
  id: string,
): Promise<EndpointView> =>
  databases.use(businessId, async ({ kysely }) => {
    const row = await kysely
      .selectFrom("webhookEndpoints")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    if (row === undefined) throw missing();
    return viewOf(row);
  });

/**
 * Changes an endpoint. If `state` is given, `failures` and `blockedUntil` are reset, even if the endpoint already has
 * this state. If `state` is "active", the waiting deliveries are sent, too. Errors: INVALID_PARAMETER (the address is
 * refused), NOT_FOUND.
 */
export async function changeEndpoint(
  { databases, dialWebhook }: EndpointDeps,
  business: Business,
  id: string,
  { url, events, state }: EndpointChanges,
): Promise<EndpointView> {
  if (url !== undefined) await refuseUnusableUrl(url, dialWebhook);
  return databases.use(business.id, (database) =>
    database.promising(["generations"], async (trx) => {
      const row = await trx
        .updateTable("webhookEndpoints")
        .set({
          ...(url === undefined ? {} : { url }),
          ...(events === undefined ? {} : { events: JSON.stringify([...new Set(events)]) }),
          // The failures are reset, so that the next attempt is made without a delay.
          ...(state === undefined ? {} : { state, failures: 0, blockedUntil: null }),
          changedAt: new Date().toISOString(),
        })
        .where("id", "=", id)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) throw missing();
      if (state === "active") await promisePending(trx, business.id, id);
      return viewOf(row);
    }),
  );
}

/**
 * Replaces the secret of an endpoint, and returns the endpoint with the new secret. Until the overlap ends, messages
 * are also signed with the former secret. A second rotation ends the overlap of the first rotation. Throws NOT_FOUND if
 * the endpoint does not exist.
 */
export function rotateSecret(
  { databases }: Pick<EndpointDeps, "databases">,
  business: Business,
  id: string,
  overlapSeconds: number,
): Promise<EndpointView & { readonly secret: string }> {
  const secret = newSecret();
  return databases.use(business.id, ({ kysely }) =>
    kysely
      .updateTable("webhookEndpoints")
      .set((eb) => ({
        secret: sealSecret(business, id, secret),
        formerSecret: eb.ref("secret"),
        formerUntil: new Date(Date.now() + overlapSeconds * 1000).toISOString(),
        changedAt: new Date().toISOString(),
      }))
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirst()
      .then((row) => {
        if (row === undefined) throw missing();
        return { ...viewOf(row), secret };
      }),
  );
}

/** Deletes an endpoint and its deliveries. Throws NOT_FOUND if the endpoint does not exist. */
export async function deleteEndpoint(
  { databases }: Pick<EndpointDeps, "databases">,
  businessId: string,
  id: string,
): Promise<void> {
  const { numDeletedRows } = await databases.use(businessId, ({ kysely }) =>
    kysely.deleteFrom("webhookEndpoints").where("id", "=", id).executeTakeFirstOrThrow(),
  );
  if (numDeletedRows === 0n) throw missing();
}

/** Sends a ping, and returns the id of the event. Errors: NOT_FOUND, CONFLICT (the endpoint is not active). */
export const testEndpoint = (
  { databases }: Pick<EndpointDeps, "databases">,
  businessId: string,
  id: string,
): Promise<string> =>
  databases.use(businessId, (database) =>
    database.promising(["generations"], async (trx) => {
      const row = await trx
        .selectFrom("webhookEndpoints")
        .select(["id", "state"])
        .where("id", "=", id)
        .executeTakeFirst();
      if (row === undefined) throw missing();
      if (row.state !== "active")
        throw new AppError("CONFLICT", `This endpoint is ${row.state}, so it gets no events.`, {
          hint: "Set its state to active first.",
        });
      const ping = { type: "ping", data: { endpointId: id } } as const;
      return storeEvent(trx, businessId, ping, [{ id, failures: 0 }]);
    }),
  );

async function promisePending(
  trx: PromisingTransaction,
  businessId: string,
  endpointId: string,
): Promise<void> {
  const rows = await trx
    .selectFrom("webhookDeliveries")
    .select(["id as deliveryId", "round", "attempts as attempt"])
    .where("endpointId", "=", endpointId)
    .where("state", "=", "pending")
    .execute();
  // Each row had a job for its next attempt. If this job ran while the endpoint was not active, it ended without
  // sending anything, so a new job is needed. The queue ignores a job with a known id, so the id of the new job
  // contains the time.
  const again = Math.floor(Date.now() / 1000);
  for (const row of rows)
    await promiseJob(trx, "webhook-retry", webhookJob.inputOf({ businessId, endpointId, ...row }, { again }));
  flushAfterCommit(trx);
}

const viewOf = (row: BusinessTables["webhookEndpoints"] | EndpointRow): EndpointView => ({
  ...{ id: row.id, url: row.url, events: listOf(row.events), state: row.state },
  ...{ failures: Number(row.failures), blockedUntil: row.blockedUntil, formerSecretUntil: row.formerUntil },
  ...{ createdAt: row.createdAt, changedAt: row.changedAt },
});

type EndpointRow = Omit<BusinessTables["webhookEndpoints"], "failures"> & { readonly failures: number };

const missing = () => notFound("webhook endpoint");
const tooMany = () =>
  new AppError("CONFLICT", `A business can have ${endpointsMax} webhook endpoints.`, {
    hint: "Delete an endpoint first, or change the address of an existing endpoint.",
  });
