// Answers the routes of the library: versions that are made from other versions, the trash, and the receipts of
// purges.
import { Hono } from "hono";
import { z } from "zod";
import type { ThingKind } from "../../../businesses/tables/schema.ts";
import { AppError } from "../../../errors.ts";
import { deleteThing, type DeleteThingDeps } from "../../../library/trash/delete-thing.ts";
import { purgeNow, type PurgeNowDeps } from "../../../library/trash/purge-now.ts";
import { readReceipt } from "../../../library/trash/receipt.ts";
import { restoreThing } from "../../../library/trash/restore-thing.ts";
import { startVersion, type StartVersionDeps } from "../../../library/versions/start-version.ts";
import type { LinkMaker } from "../../credentials/links.ts";
import { addressOf } from "../../middleware/address.ts";
import {
  businessOfCaller,
  durationSeconds,
  personText,
  readIdempotencyKey,
  seed,
} from "../generations/making-request.ts";
import { type HttpContext, type HttpEnv, readJson, requireUser } from "../../wire.ts";

export type LibraryRoutesDeps = DeleteThingDeps &
  PurgeNowDeps &
  StartVersionDeps & {
    readonly links: LinkMaker;
    readonly trustedProxies: number;
    /**
     * Clears the cache with which this process serves sound. The cache contains facts about versions. The routes call
     * this function after each successful deletion, purge and restore of a project, a track or a version.
     */
    forgetSounds(): void;
  };

const instructionCharactersMax = 500;

export const versionBody = z.strictObject({
  instruction: personText(instructionCharactersMax, "Describe what should change."),
  durationSeconds: durationSeconds.optional(),
  seed: seed.optional(),
});

/** Maps each path segment below /v1 to the kind of thing that it names. */
const kinds = { projects: "project", tracks: "track", versions: "version" } as const satisfies Record<
  string,
  ThingKind
>;

export function libraryRoutes(deps: LibraryRoutesDeps) {
  const routes = new Hono<HttpEnv>();
  for (const [path, kind] of Object.entries(kinds)) {
    routes
      .delete(`/${path}/:id`, async (c) => {
        const caller = requireUser(c);
        const thing = { kind, id: c.req.param("id") };
        const isPurged = isPurge(c);
        const deletion = await (isPurged ? purgeNow : deleteThing)(deps, caller, thing);
        deps.forgetSounds();
        // The status of a purge is 202, because a job deletes the streams and objects later.
        return c.json(deletion, isPurged ? 202 : 200);
      })
      .post(`/${path}/:id/restore`, async (c) => {
        const restored = await restoreThing(deps, requireUser(c), { kind, id: c.req.param("id") });
        deps.forgetSounds();
        return c.json(restored);
      });
  }
  return routes
    .post("/versions/:id/versions", async (c) => {
      const caller = requireUser(c);
      const business = await businessOfCaller(deps, caller);
      const asked = { ...(await readJson(c, versionBody)), idempotencyKey: readIdempotencyKey(c) };
      const started = await startVersion(deps, caller, {
        ...asked,
        address: addressOf(c, deps.trustedProxies),
        parentId: c.req.param("id"),
      });
      return c.json({ ...started, links: deps.links.generation(c, business, started) });
    })
    .get("/receipts/:id", async (c) => c.json(await readReceipt(deps, requireUser(c), c.req.param("id"))));
}

function isPurge(c: HttpContext): boolean {
  const purge = c.req.query("purge");
  if (purge === undefined || purge === "now") return purge === "now";
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: [
      { at: "purge", message: 'Must be "now".', hint: "Leave purge out to move the item to the trash." },
    ],
  });
}
