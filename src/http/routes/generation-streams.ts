// /v1/generations/{requestId}/chunks and /events: a generation's streams, for its maker to read.
import { Hono } from "hono";
import type { FindOwned } from "../../generations/ownership.ts";
import type { RememberedFacts } from "../../library/tiers/audio-facts.ts";
import { audioKey, eventsKey } from "../../streams/stream-keys.ts";
import type { Streams } from "../../streams/streams.ts";
import type { LiveAnswers } from "../live-answers.ts";
import { type HttpContext, type HttpEnv, requireUser } from "../wire.ts";
import { neverStale } from "../durable-streams/read.ts";
import { streamRoutes } from "../durable-streams/router.ts";

export interface GenerationStreamRoutesDeps {
  readonly streams: Streams;
  readonly findOwned: FindOwned;
  /** Throws NOT_FOUND for a missing or deleted version. */
  readonly ensureThere: RememberedFacts["ensureThere"];
  readonly live: LiveAnswers;
}

export function generationStreamRoutes(deps: GenerationStreamRoutesDeps) {
  const { streams, findOwned, ensureThere, live } = deps;
  const owned = (c: HttpContext) => findOwned(requireUser(c), c.req.param("requestId") ?? "");
  return new Hono<HttpEnv>()
    .route(
      "/:requestId/chunks",
      streamRoutes({
        streams,
        live,
        allow: ["read"],
        limits: neverStale,
        resolveKey: async (c) => {
          const { businessId, versionId } = await owned(c);
          await ensureThere(businessId, versionId);
          return audioKey(businessId, versionId);
        },
      }),
    )
    .route(
      "/:requestId/events",
      streamRoutes({
        streams,
        live,
        allow: ["read"],
        resolveKey: async (c) => {
          const { businessId, requestId } = await owned(c);
          return eventsKey(businessId, requestId);
        },
      }),
    );
}
