// Describes the webhook routes in the OpenAPI document.
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, listOf, object, oneOf, sentAs, text, whole } from "../../openapi/schema.ts";
import { changeWebhookBody, createWebhookBody, rotateSecretBody } from "./webhooks.ts";

const business = about(text, "The slug of the business. Only the operator sends it.");
const webhooks = { tag: "Webhooks", user: "manager", inQuery: { business } } as const;
const id = about(text, "The id of the endpoint.");

export const webhookDocs: readonly DocumentedRoute[] = [
  {
    ...webhooks,
    method: "post",
    path: "/v1/webhooks",
    summary: "Creates an endpoint, to which events are sent. Its secret is returned only this once.",
    description:
      "The address is an https or http URL, and has to be public. If the field events is omitted, the endpoint gets events of every type. A business can have 20 endpoints.",
    body: { schema: sentAs(createWebhookBody) },
    answers: { 201: json("The endpoint with its secret.", ref("WebhookEndpointWithSecret")) },
    errors: ["CONFLICT"],
  },
  {
    ...webhooks,
    method: "get",
    path: "/v1/webhooks",
    summary: "Lists the endpoints, oldest first.",
    answers: { 200: json("The endpoints.", object({ items: listOf(ref("WebhookEndpoint")) })) },
  },
  {
    ...webhooks,
    method: "get",
    path: "/v1/webhooks/{id}",
    inPath: { id },
    summary: "Returns one endpoint.",
    answers: { 200: json("The endpoint.", ref("WebhookEndpoint")) },
  },
  {
    ...webhooks,
    method: "patch",
    path: "/v1/webhooks/{id}",
    inPath: { id },
    summary: "Changes the address or the events of an endpoint, pauses it, or makes it active again.",
    description:
      "A paused endpoint gets no new events. Deliveries that were waiting are sent when the endpoint is active again. An endpoint that answered 410 gets no events until this request makes it active again.",
    body: { schema: sentAs(changeWebhookBody) },
    answers: { 200: json("The endpoint.", ref("WebhookEndpoint")) },
  },
  {
    ...webhooks,
    method: "delete",
    path: "/v1/webhooks/{id}",
    inPath: { id },
    summary: "Deletes an endpoint with its deliveries.",
    answers: { 204: { says: "The endpoint is deleted." } },
  },
  {
    ...webhooks,
    method: "post",
    path: "/v1/webhooks/{id}/rotate",
    inPath: { id },
    summary:
      "Replaces the secret. During the overlap, messages are signed with the former and the new secret.",
    body: { schema: sentAs(rotateSecretBody) },
    answers: { 201: json("The endpoint with its new secret.", ref("WebhookEndpointWithSecret")) },
  },
  {
    ...webhooks,
    method: "post",
    path: "/v1/webhooks/{id}/test",
    inPath: { id },
    summary: "Sends a ping to the endpoint.",
    answers: {
      202: json(
        "The event.",
        object({ eventId: about(text, "The id of the event, which is also the header webhook-id.") }),
      ),
    },
    errors: ["CONFLICT"],
  },
  {
    ...webhooks,
    method: "post",
    path: "/v1/webhooks/{id}/replay",
    inPath: { id },
    summary:
      "Sends every dead delivery of the endpoint again. If the endpoint is not active, nothing is sent.",
    answers: { 200: json("The number of deliveries.", object({ replayed: whole })) },
  },
  {
    ...webhooks,
    method: "get",
    path: "/v1/webhooks/deliveries",
    summary: "Lists deliveries with their attempts, newest first.",
    inQuery: {
      business,
      endpointId: text,
      state: oneOf("pending", "delivered", "dead"),
      before: about(text, "The id of a delivery: only older ones are listed."),
      limit: { type: "integer", minimum: 1, maximum: 200, default: 50 },
    },
    answers: { 200: json("The deliveries.", object({ items: listOf(ref("WebhookDelivery")) })) },
  },
  {
    ...webhooks,
    method: "post",
    path: "/v1/webhooks/deliveries/{id}/replay",
    inPath: { id: about(text, "The id of the delivery.") },
    summary: "Sends a dead delivery again, with the full number of attempts.",
    answers: { 200: json("The delivery.", ref("WebhookDelivery")) },
    errors: ["CONFLICT"],
  },
];
