// Makes one attempt to deliver an event to an endpoint. If the worker is killed during the attempt,
// the attempt is repeated with the same event id. So an endpoint can receive an event twice.
import type { Business } from "../businesses/business.ts";
import type { BusinessDatabase, OpenDatabases } from "../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import type { WebhookJobData } from "../jobs/webhook-job.ts";
import { PutOffError } from "../ports/job-queue/job-queue.ts";
import { openSecrets } from "./endpoint-secrets.ts";
import type { EndpointTurns } from "./endpoint-turns.ts";
import { recordOutcome } from "./record-outcome.ts";
import type { Outcome, SendMessage } from "./send-message.ts";
import { signMessage } from "./sign-message.ts";
import type { SlowAttempts } from "./slow-attempts.ts";

export interface DeliverEventDeps {
  readonly databases: OpenDatabases;
  readonly registry: Pick<BusinessRegistry, "findById">;
  readonly turns: EndpointTurns;
  readonly sendMessage: SendMessage;
  readonly slowAttempts: Pick<SlowAttempts, "hold" | "signal">;
}

/**
 * The time limit of an attempt, in milliseconds. The claim of a worker on an attempt lasts longer
 * (`claimMs`), so that no second worker makes the attempt during this time.
 */
export const sendLimitMs = 10_000;
const claimMs = sendLimitMs + 5_000;
/**
 * A business that is missing or not active sends no webhooks. A job for such a business is postponed
 * again and again, each time by this number of milliseconds, until the business is active.
 */
const suspendedMs = 300_000;
const claimedElsewhereMs = 2_000;
/**
 * If an endpoint has not answered after this time, in milliseconds, the job is postponed, so that the
 * worker can run other jobs, and the attempt continues in the background. If too many attempts already continue in the
 * background, the job is not postponed, but waits for the endpoint.
 */
const quickMs = 150;
const putOffMsMax = 86_400_000;

/**
 * Does nothing if the attempt was already made, if the delivery has ended or was deleted, or if the
 * endpoint is not active. Throws PutOffError, which postpones the job, in two cases:
 * - The attempt can't be made yet.
 * - The endpoint answers slowly, and the attempt continues in the background (see `quickMs`). When the
 *   job runs again, the attempt has usually stored its outcome. If not, the job repeats the attempt.
 */
export async function deliverEvent(
  deps: DeliverEventDeps,
  job: WebhookJobData,
  signal: AbortSignal,
): Promise<void> {
  const isSlow = Promise.withResolvers<"slow">();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onSend = () => {
    timer = setTimeout(isSlow.resolve, quickMs, "slow");
  };
  const whole = makeAttempt(deps, job, {
    signal: AbortSignal.any([signal, deps.slowAttempts.signal]),
    onSend,
  });
  try {
    const first = await Promise.race([whole, isSlow.promise]);
    if (first !== "slow") return;
  } finally {
    clearTimeout(timer);
  }
  if (deps.slowAttempts.hold(whole))
    throw new PutOffError("The endpoint answers slowly, so the attempt continues without the job.", claimMs);
  await whole;
}

interface Attempting {
  readonly signal: AbortSignal;
  /** Called when the message is about to be sent. */
  onSend(): void;
}

async function makeAttempt(
  deps: DeliverEventDeps,
  job: WebhookJobData,
  { signal, onSend }: Attempting,
): Promise<void> {
  const business = await deps.registry.findById(job.businessId);
  if (business === undefined) throw new PutOffError("The business is suspended.", suspendedMs);
  await deps.databases.use(job.businessId, async (database) => {
    const due = await findDue(database, job);
    if (due === undefined) return;
    const waitMs = waitMsOf(due, Date.now());
    if (waitMs > 0) throw new PutOffError("It is not yet time for this attempt.", waitMs);
    const turn = deps.turns.take(job.endpointId, due.failures > 0);
    if ("waitMs" in turn) throw new PutOffError("The endpoint has other attempts in progress.", turn.waitMs);
    try {
      if (!(await claim(database, job)))
        throw new PutOffError("Another worker makes this attempt.", claimedElsewhereMs);
      const atMs = Date.now();
      onSend();
      const outcome = await attempt(deps, business, due, signal).catch(async (err: unknown) => {
        await release(database, job);
        throw err;
      });
      await recordOutcome(database, job, { outcome, atMs, tookMs: Date.now() - atMs });
    } finally {
      turn.end();
    }
  });
}

type Due = Awaited<ReturnType<typeof findDue>> & object;

/**
 * Returns undefined if the delivery is deleted or ended, if the attempt was already made, or if the endpoint is not
 * active.
 */
async function findDue({ kysely }: BusinessDatabase, { deliveryId, round, attempt: number }: WebhookJobData) {
  return kysely
    .selectFrom("webhookDeliveries as d")
    .innerJoin("webhookEndpoints as e", "e.id", "d.endpointId")
    .innerJoin("webhookEvents as v", "v.id", "d.eventId")
    .select(["d.eventId", "d.nextAttemptAt", "d.claimedUntil", "v.type", "v.data", "v.createdAt"])
    .select(["e.id", "e.url", "e.secret", "e.formerSecret", "e.formerUntil", "e.failures", "e.blockedUntil"])
    .where("d.id", "=", deliveryId)
    .where("d.state", "=", "pending")
    .where("d.round", "=", round)
    .where("d.attempts", "=", number)
    .where("e.state", "=", "active")
    .executeTakeFirst();
}

function waitMsOf({ nextAttemptAt, claimedUntil, blockedUntil }: Due, nowMs: number): number {
  const times = [nextAttemptAt, claimedUntil, blockedUntil].filter((time) => time !== null);
  // A wrong clock may have stored a time in the far future. No attempt is delayed for longer than a day.
  return Math.min(putOffMsMax, Math.max(0, ...times.map((time) => Date.parse(time) - nowMs)));
}

const claimable = ({ kysely }: BusinessDatabase, { deliveryId, round, attempt: number }: WebhookJobData) =>
  kysely
    .updateTable("webhookDeliveries")
    .where("id", "=", deliveryId)
    .where("state", "=", "pending")
    .where("round", "=", round)
    .where("attempts", "=", number);

async function claim(database: BusinessDatabase, job: WebhookJobData): Promise<boolean> {
  const nowMs = Date.now();
  const { numUpdatedRows } = await claimable(database, job)
    .set({ claimedUntil: new Date(nowMs + claimMs).toISOString() })
    .where((is) =>
      is.or([is("claimedUntil", "is", null), is("claimedUntil", "<=", new Date(nowMs).toISOString())]),
    )
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

const release = (database: BusinessDatabase, job: WebhookJobData): Promise<unknown> =>
  claimable(database, job).set({ claimedUntil: null }).execute();

/** Returns the body of a message. Every attempt for the same event sends the same body. */
const bodyOf = ({
  type,
  createdAt,
  data,
}: Pick<BusinessTables["webhookEvents"], "type" | "createdAt" | "data">): string =>
  JSON.stringify({ type, timestamp: createdAt, data: JSON.parse(data) as unknown });

function attempt(
  { sendMessage }: DeliverEventDeps,
  business: Business,
  due: Due,
  signal: AbortSignal,
): Promise<Outcome> {
  const nowMs = Date.now();
  const body = bodyOf(due);
  const signed = signMessage({ id: due.eventId, atMs: nowMs, body }, openSecrets(business, due, nowMs));
  const headers = { "content-type": "application/json", "user-agent": "Rondo", ...signed };
  return sendMessage({ url: due.url, headers, body }, signal);
}
