// /v1/versions: a version, and its sound for its owner and for players with a signed link.
import { Hono } from "hono";
import { createAudioFacts } from "../../library/audio-facts.ts";
import { businessOfLink, findAudio, type FindAudioDeps } from "../../library/find-audio.ts";
import { readVersion } from "../../library/read-version.ts";
import { createStoredAudio, type StoredAudioDeps } from "../../library/stored-audio.ts";
import { notFound } from "../../errors.ts";
import type { LinkMaker } from "../links.ts";
import { type HttpContext, type HttpEnv, requireUser } from "../wire.ts";
import { answerAudio } from "./audio.ts";
import { answerPlaylist, answerSegment, type HlsDeps } from "./hls.ts";

export type VersionRoutesDeps = Omit<FindAudioDeps, "audioFacts"> &
  StoredAudioDeps &
  HlsDeps & { readonly links: LinkMaker };

export function versionRoutes(given: VersionRoutesDeps) {
  const deps = { ...given, audioFacts: createAudioFacts(given.databases) };
  const storedAudio = createStoredAudio(deps);
  return new Hono<HttpEnv>()
    .get("/:versionId", async (c) => {
      const caller = requireUser(c);
      const version = await readVersion(deps, caller, c.req.param("versionId"));
      const business = await deps.registry.findById(caller.businessId);
      if (!business) throw notFound("version");
      return c.json({ ...version, links: deps.links.version(c, business, version.id) });
    })
    .get("/:versionId/audio", async (c) => {
      const versionId = c.req.param("versionId");
      const audio = await findAudio(deps, versionId, await listenerOf(c, versionId));
      const { stored } = audio;
      return answerAudio(deps, c, {
        ...audio,
        fromObject: stored && ((request) => storedAudio(stored, request)),
      });
    })
    .get("/:versionId/playlist.m3u8", async (c) => {
      const { key } = await findAudio(
        deps,
        c.req.param("versionId"),
        await listenerOf(c, c.req.param("versionId")),
      );
      return answerPlaylist(deps, c, key);
    })
    .get("/:versionId/segments/:file", async (c) => {
      const { key } = await findAudio(
        deps,
        c.req.param("versionId"),
        await listenerOf(c, c.req.param("versionId")),
      );
      return answerSegment(deps, key, c.req.param("file"));
    });

  /** A signed link counts before any credential: it may be opened by whoever holds it. */
  async function listenerOf(c: HttpContext, versionId: string) {
    const query = new URL(c.req.url).searchParams;
    if (!query.has("signature")) return requireUser(c);
    return { businessId: await businessOfLink(deps.registry, versionId, query) };
  }
}
