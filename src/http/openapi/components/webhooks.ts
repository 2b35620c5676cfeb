// Describes the schemas of webhook endpoints and deliveries.
import { eventTypes } from "../../../webhooks/event-types.ts";
import { about, id, instant, listOf, object, oneOf, orNull, text, whole } from "../schema.ts";

const webhookEndpoint = {
  id,
  url: text,
  events: listOf(oneOf(...eventTypes)),
  state: about(
    oneOf("active", "paused", "gone"),
    "gone: the endpoint answered 410, so it gets no more events.",
  ),
  failures: about(whole, "The number of failed attempts since the last successful attempt."),
  blockedUntil: about(orNull(instant), "After a failure, nothing is sent before this time."),
  formerSecretUntil: about(
    orNull(instant),
    "Until this time, messages are also signed with the secret that the last rotation replaced.",
  ),
  createdAt: instant,
  changedAt: instant,
};

export const webhooks = {
  WebhookEndpoint: object(webhookEndpoint),
  WebhookEndpointWithSecret: object({
    ...webhookEndpoint,
    secret: about(text, "The secret that signs the messages (whsec_…). Only this response contains it."),
  }),
  WebhookDelivery: object({
    id,
    endpointId: id,
    eventId: about(id, "The id of the event, which is the header webhook-id of each attempt."),
    type: text,
    data: { type: "object" },
    state: about(oneOf("pending", "delivered", "dead"), "dead: the event is sent again only after a replay."),
    answerCode: about(orNull(whole), "The HTTP status of the last answer. Null if there was none."),
    tries: about(
      listOf(object({ at: instant, ms: whole, status: orNull(whole), reason: orNull(text) })),
      "The latest attempts.",
    ),
    nextAttemptAt: about(orNull(instant), "Null when the delivery has ended."),
    createdAt: instant,
    finishedAt: orNull(instant),
  }),
} as const;
