// Answers the routes of downloads: a version as MP3 or WAV, its waveform, and a project as a ZIP.
import { Hono } from "hono";
import type { Business } from "../../../businesses/business.ts";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import { AppError, notFound } from "../../../errors.ts";
import { waveformDat, waveformJson } from "../../../library/files/formats/waveform-file.ts";
import { type ProjectArchiveDeps, readProjectArchive } from "../../../library/files/project-archive.ts";
import { readVersionFile } from "../../../library/files/version-file.ts";
import { readVersionPeaks, type VersionPeaksDeps } from "../../../library/versions/version-peaks.ts";
import { findAudience } from "../../../library/files/find-audience.ts";
import { answerFile, type AnswerFileDeps } from "../../file-answer.ts";
import type { LiveUsage } from "../../../usage/live-usage.ts";
import { countServed } from "../../count-served.ts";
import { type HttpContext, type HttpEnv, requireUser } from "../../wire.ts";

export type DownloadRoutesDeps = ProjectArchiveDeps &
  VersionPeaksDeps &
  AnswerFileDeps & {
    readonly registry: BusinessRegistry;
    readonly usage: Pick<LiveUsage, "countServed" | "refuseServing">;
  };

export function downloadRoutes(deps: DownloadRoutesDeps) {
  return new Hono<HttpEnv>()
    .get("/versions/:versionId/download", async (c) => {
      const format = oneOf(c, "format", ["mp3", "wav"]);
      const versionId = c.req.param("versionId");
      const business = await businessOf(c, versionId);
      const who = { businessId: business.id, userId: userIdOf(c) };
      deps.usage.refuseServing(who.businessId, who.userId);
      const file = await answerFile(deps, c, await readVersionFile(deps, business, versionId, format));
      return countServed(deps.usage, c.req.raw, who, file);
    })
    .get("/versions/:versionId/peaks", async (c) => {
      const format = oneOf(c, "format", ["dat", "json"]);
      const versionId = c.req.param("versionId");
      const business = await businessOf(c, versionId);
      const waveform = await readVersionPeaks(deps, business.id, versionId);
      const headers = { "cache-control": "private, no-cache" };
      return format === "json"
        ? c.body(waveformJson(waveform), 200, { ...headers, "content-type": "application/json" })
        : c.body(new Uint8Array(waveformDat(waveform)), 200, {
            ...headers,
            "content-type": "application/octet-stream",
          });
    })
    .get("/projects/:projectId/archive", async (c) => {
      const caller = requireUser(c);
      deps.usage.refuseServing(caller.businessId, caller.userId);
      const archive = await readProjectArchive(deps, caller, c.req.param("projectId"));
      return countServed(deps.usage, c.req.raw, caller, await answerFile(deps, c, archive));
    });

  /** Returns the version's business, for the holder of a valid signed link or for the version's owner. */
  async function businessOf(c: HttpContext, versionId: string): Promise<Business> {
    const query = new URL(c.req.url).searchParams;
    const who = query.has("signature") ? query : requireUser(c);
    const business = await deps.registry.findById(await findAudience(deps, versionId, who));
    if (!business) throw notFound("version");
    return business;
  }
}

/** Undefined for the holder of a signed link. */
function userIdOf(c: HttpContext): string | undefined {
  const caller = c.get("caller");
  return caller?.kind === "user" && c.req.query("signature") === undefined ? caller.userId : undefined;
}

/** Parses a choice; the first value is the default. */
function oneOf<Value extends string>(
  c: HttpContext,
  name: string,
  values: readonly [Value, ...Value[]],
): Value {
  const given = c.req.query(name) ?? values[0];
  const value = values.find((one) => one === given);
  if (value !== undefined) return value;
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: [{ at: name, message: `One of ${values.join(", ")}.` }],
  });
}
