// Defines the job for one attempt to deliver an event to an endpoint. The job contains ids and counts, but not the
// event.
import { z } from "zod";
import type { JobInput } from "../ports/job-queue/job-queue.ts";

const schema = z.object({
  businessId: z.string(),
  endpointId: z.string(),
  deliveryId: z.string(),
  /** The number of times that the delivery was replayed. Each replay starts a new round of attempts. */
  round: z.int(),
  /** The number of earlier attempts in the same round. */
  attempt: z.int(),
});

export type WebhookJobData = Readonly<z.output<typeof schema>>;

export const webhookJob = {
  name: "webhook.deliver",
  schema,
  /**
   * After a job has failed permanently, the queue ignores new jobs with the same id. The id of a job depends on the
   * number `again`. So the queue accepts a new job that has a different `again` than the failed job.
   */
  inputOf: (data: WebhookJobData, { delayMs = 0, again = 0 } = {}) =>
    ({
      id: `webhook-${data.deliveryId}-${data.round}-${data.attempt}${again === 0 ? "" : `-${again}`}`,
      name: webhookJob.name,
      businessId: data.businessId,
      owner: data.endpointId,
      data,
      ...(delayMs === 0 ? {} : { delayMs }),
    }) satisfies JobInput,
} as const;
