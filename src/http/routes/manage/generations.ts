// Serves /v1/manage/generations, where a business's server or the operator finds, cancels and
// retries the generations of all users. Also serves /v1/manage/summary, which summarizes the
// generations of a period, by default of the current day in UTC.
import { Hono } from "hono";
import { z } from "zod";
import type { Business } from "../../../businesses/business.ts";
import { cancelGeneration, type CancelGenerationDeps } from "../../../generations/cancel-generation.ts";
import { listGenerations } from "../../../generations/manage/list-generations.ts";
import {
  findOwner,
  readWithEvents,
  type ReadWithEventsDeps,
} from "../../../generations/manage/read-with-events.ts";
import { percentilesOf } from "../../../generations/manage/percentiles.ts";
import { retryGeneration } from "../../../generations/manage/retry-generation.ts";
import { summarizeGenerations } from "../../../generations/manage/summarize.ts";
import type { PlaceGenerationDeps } from "../../../generations/queue/place-generation.ts";
import type { GenerationRoutesDeps } from "../generations/generations.ts";
import type { FirstSoundsOfBusinesses } from "../../metrics/first-sounds-of-businesses.ts";
import type { Streams } from "../../../streams/streams.ts";
import { managedBusiness } from "../../requests/managed-business.ts";
import { readSearch } from "../../requests/read-search.ts";
import type { HttpContext, HttpEnv } from "../../wire.ts";

const id = z.string().min(1).max(128);
const instant = z.iso.datetime({ offset: true });
const generationSearch = z.strictObject({
  state: z.enum(["queued", "running", "complete", "failed", "cancelled"]).optional(),
  userId: id.optional(),
  text: z.string().min(1).max(200).optional(),
  from: instant.optional(),
  to: instant.optional(),
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const summarySearch = z.strictObject({ from: instant.optional(), to: instant.optional() });

export type ManagedGenerationsDeps = PlaceGenerationDeps &
  CancelGenerationDeps &
  ReadWithEventsDeps &
  Pick<GenerationRoutesDeps, "generator"> & {
    readonly firstSounds: FirstSoundsOfBusinesses;
    readonly streams: Pick<Streams, "listenersOf">;
  };

export function managedGenerationRoutes(deps: ManagedGenerationsDeps) {
  const businessOf = (c: HttpContext): Promise<Business> => managedBusiness(deps.registry, c, "users");
  const idOf = (c: HttpContext): string => c.req.param("requestId") ?? "";
  return new Hono<HttpEnv>()
    .get("/summary", async (c) => {
      const { id: businessId } = await businessOf(c);
      const { from = startOfDay(), to = new Date().toISOString() } = readSearch(c, summarySearch);
      const summary = await summarizeGenerations(deps, businessId, { from, to });
      // The last two fields are about this process, and don't depend on the period.
      return c.json({
        ...{ from, to, ...summary },
        firstSoundMs: percentilesOf(deps.firstSounds.of(businessId)),
        listeners: deps.streams.listenersOf(businessId),
      });
    })
    .get("/generations", async (c) => {
      const { id: businessId } = await businessOf(c);
      return c.json(await listGenerations(deps, businessId, readSearch(c, generationSearch)));
    })
    .get("/generations/:requestId", async (c) =>
      c.json(await readWithEvents(deps, (await businessOf(c)).id, idOf(c))),
    )
    .post("/generations/:requestId/cancel", async (c) => {
      const { id: businessId } = await businessOf(c);
      const userId = await findOwner(deps, businessId, idOf(c));
      await cancelGeneration(deps, { kind: "user", businessId, userId }, idOf(c));
      return c.json(await readWithEvents(deps, businessId, idOf(c)));
    })
    .post("/generations/:requestId/retry", async (c) =>
      c.json(await retryGeneration(deps, (await businessOf(c)).id, idOf(c))),
    );
}

function startOfDay(): string {
  const day = new Date();
  day.setUTCHours(0, 0, 0, 0);
  return day.toISOString();
}
