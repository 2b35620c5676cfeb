// Serves /v1/webhooks, where a business's server or the operator manages the webhook endpoints of a business, and
// lists and replays deliveries.
import { Hono } from "hono";
import { z } from "zod";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import { AppError } from "../../../errors.ts";
import { listDeliveries, replayDelivery, replayEndpoint } from "../../../webhooks/deliveries.ts";
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  type EndpointDeps,
  getEndpoint,
  listEndpoints,
  rotateSecret,
  testEndpoint,
} from "../../../webhooks/endpoints.ts";
import { eventTypes } from "../../../webhooks/event-types.ts";
import { managedBusiness } from "../../requests/managed-business.ts";
import { faultsOf, type HttpContext, type HttpEnv, readJson } from "../../wire.ts";

const events = z.array(z.enum(eventTypes)).min(1).max(eventTypes.length);
const address = z.string().max(10_000);
export const createWebhookBody = z.strictObject({ url: address, events: events.optional() });
export const changeWebhookBody = z.strictObject({
  url: address.optional(),
  events: events.optional(),
  state: z.enum(["active", "paused"]).optional(),
});
/**
 * During the first `overlapSeconds` after the change of the secret, messages are signed with the
 * former secret, too. The default is a day, and the maximum is a week.
 */
export const rotateSecretBody = z.strictObject({
  overlapSeconds: z.int().min(0).max(604_800).default(86_400),
});
const id = z.string().min(1).max(64);
const deliverySearch = z.strictObject({
  endpointId: id.optional(),
  state: z.enum(["pending", "delivered", "dead"]).optional(),
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export interface WebhookRoutesDeps extends EndpointDeps {
  readonly registry: BusinessRegistry;
}

export function webhookRoutes(deps: WebhookRoutesDeps) {
  const businessOf = (c: HttpContext) => managedBusiness(deps.registry, c, "webhooks");
  const idOf = (c: HttpContext): string => c.req.param("id") ?? "";
  return new Hono<HttpEnv>()
    .post("/", async (c) => {
      const business = await businessOf(c);
      return c.json(await createEndpoint(deps, business, await readJson(c, createWebhookBody)), 201);
    })
    .get("/", async (c) => c.json({ items: await listEndpoints(deps, (await businessOf(c)).id) }))
    .get("/deliveries", async (c) => {
      const business = await businessOf(c);
      return c.json({ items: await listDeliveries(deps, business.id, searchOf(c)) });
    })
    .post("/deliveries/:id/replay", async (c) =>
      c.json(await replayDelivery(deps, (await businessOf(c)).id, idOf(c))),
    )
    .get("/:id", async (c) => c.json(await getEndpoint(deps, (await businessOf(c)).id, idOf(c))))
    .patch("/:id", async (c) => {
      const business = await businessOf(c);
      return c.json(await changeEndpoint(deps, business, idOf(c), await readJson(c, changeWebhookBody)));
    })
    .delete("/:id", async (c) => {
      await deleteEndpoint(deps, (await businessOf(c)).id, idOf(c));
      return c.body(null, 204);
    })
    .post("/:id/rotate", async (c) => {
      const business = await businessOf(c);
      const { overlapSeconds } = await readJson(c, rotateSecretBody);
      return c.json(await rotateSecret(deps, business, idOf(c), overlapSeconds), 201);
    })
    .post("/:id/test", async (c) =>
      c.json({ eventId: await testEndpoint(deps, (await businessOf(c)).id, idOf(c)) }, 202),
    )
    .post("/:id/replay", async (c) => {
      const business = await businessOf(c);
      await getEndpoint(deps, business.id, idOf(c));
      return c.json({ replayed: await replayEndpoint(deps, business.id, idOf(c)) });
    });
}

function searchOf(c: HttpContext) {
  // The query parameter `business` is left out here: `businessOf` has already read it. The operator uses it to choose a
  // business.
  const { business: _, ...given } = c.req.query();
  const search = deliverySearch.safeParse(given);
  if (search.success) return search.data;
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: search.error.issues.flatMap(faultsOf),
  });
}
