// Serves /v1/versions. The owner can read a version. The owner and players with a signed link can read the HLS playlist
// and the segments of the version. http/reads/audio-read.ts serves the whole audio file.
import { Hono } from "hono";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import type { OpenDatabases } from "../../../businesses/databases/open-databases.ts";
import { readVersion } from "../../../library/versions/read-version.ts";
import { notFound } from "../../../errors.ts";
import type { LinkMaker } from "../../credentials/links.ts";
import type { VersionAudio } from "../../audio/version-audio.ts";
import type { LiveUsage } from "../../../usage/live-usage.ts";
import { countServed } from "../../answers/count-served.ts";
import { type HttpEnv, requireUser } from "../../wire.ts";
import { answerPlaylist, answerSegment, type HlsDeps } from "../../audio/answer-hls.ts";

export interface VersionRoutesDeps extends HlsDeps {
  readonly databases: OpenDatabases;
  readonly registry: BusinessRegistry;
  readonly links: LinkMaker;
  readonly audio: VersionAudio;
  readonly usage: Pick<LiveUsage, "countServed" | "refuseServing">;
}

export const versionRoutes = (deps: VersionRoutesDeps) =>
  new Hono<HttpEnv>()
    .get("/:versionId", async (c) => {
      const caller = requireUser(c);
      const version = await readVersion(deps, caller, c.req.param("versionId"));
      const business = await deps.registry.findById(caller.businessId);
      if (!business) throw notFound("version");
      return c.json({ ...version, links: deps.links.version(c, business, version.id) });
    })
    .get("/:versionId/playlist.m3u8", async (c) => {
      const found = await deps.audio.find(c.req.raw, c.req.param("versionId"), c.get("caller"));
      return answerPlaylist(deps, c, found);
    })
    .get("/:versionId/segments/:file", async (c) => {
      const found = await deps.audio.find(c.req.raw, c.req.param("versionId"), c.get("caller"));
      const who = { businessId: found.key.businessId, userId: found.userId };
      deps.usage.refuseServing(who.businessId, who.userId);
      const segment = await answerSegment(deps, c.req.raw, found, c.req.param("file"));
      return countServed(deps.usage, c.req.raw, who, segment);
    });
