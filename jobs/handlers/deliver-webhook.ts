// Handles webhook.deliver, which sends an event to an endpoint of a business.
import type { Dial } from "../../src/ports/dial-public.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";
import { webhookJob } from "../../src/jobs/webhook-job.ts";
import type { Log } from "../../src/process/log.ts";
import { deliverEvent, type DeliverEventDeps, sendLimitMs } from "../../src/webhooks/deliver-event.ts";
import { createEndpointTurns } from "../../src/webhooks/endpoint-turns.ts";
import { createSendMessage } from "../../src/webhooks/send-message.ts";
import { jobData } from "./job-data.ts";
import { waitingWhileAway } from "./while-away.ts";

export interface DeliverWebhookDeps extends Pick<
  DeliverEventDeps,
  "databases" | "registry" | "slowAttempts"
> {
  readonly dialWebhook: Dial;
  readonly log: Pick<Log, "warn">;
}

export function deliverWebhookJob(given: DeliverWebhookDeps): JobHandler {
  const sendMessage = createSendMessage({ dial: given.dialWebhook, limitMs: sendLimitMs });
  const deps = { ...given, turns: createEndpointTurns(), sendMessage };
  return waitingWhileAway(deps.log, (job, { signal }) =>
    deliverEvent(deps, jobData(job, webhookJob.schema), signal),
  );
}
