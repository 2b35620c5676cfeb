// Answers the download routes: a version as MP3, WAV, MIDI, lead sheet or stems, its waveform, and a project or chosen
// tracks as a ZIP.
import { Hono } from "hono";
import type { Business } from "../../../businesses/business.ts";
import type { BusinessRegistry } from "../../../businesses/registry.ts";
import { AppError, notFound } from "../../../errors.ts";
import { waveformDat, waveformJson } from "../../../library/files/formats/waveform-file.ts";
import {
  type ProjectArchiveDeps,
  readProjectArchive,
  readTracksArchive,
} from "../../../library/files/project-archive.ts";
import { readVersionFile } from "../../../library/files/version-file.ts";
import {
  readVersionNotes,
  type VersionNotes,
  type VersionNotesDeps,
} from "../../../library/files/version-notes.ts";
import { readVersionPeaks, type VersionPeaksDeps } from "../../../library/versions/version-peaks.ts";
import { findAudience } from "../../../library/files/find-audience.ts";
import { readVersionStems, type VersionStems } from "../../../library/files/version-stems.ts";
import { createTurns } from "../../../process/turns.ts";
import { answerContent, answerFile, type AnswerFileDeps, callerNameOf } from "../../answers/file-answer.ts";
import type { LiveUsage } from "../../../usage/live-usage.ts";
import { countServed } from "../../answers/count-served.ts";
import { type HttpContext, type HttpEnv, requireUser } from "../../wire.ts";

export type DownloadRoutesDeps = ProjectArchiveDeps &
  VersionNotesDeps &
  VersionPeaksDeps &
  AnswerFileDeps & {
    readonly registry: BusinessRegistry;
    readonly usage: Pick<LiveUsage, "countServed" | "refuseServing">;
  };

export function downloadRoutes(deps: DownloadRoutesDeps) {
  const turns = createTurns({
    what: "files of notes are being made",
    runningMax: 2,
    waitingMax: 40,
    perCallerMax: 6,
  });
  const stemTurns = createTurns({
    what: "stems are being made",
    runningMax: 2,
    waitingMax: 10,
    perCallerMax: 2,
  });
  return new Hono<HttpEnv>()
    .get("/versions/:versionId/download", async (c) => {
      const format = oneOf(c, "format", ["mp3", "wav", "midi", "abc", "musicxml", "stems"]);
      const versionId = c.req.param("versionId");
      const business = await businessOf(c, versionId);
      const who = { businessId: business.id, userId: userIdOf(c) };
      deps.usage.refuseServing(who.businessId, who.userId);
      const file =
        format === "midi" || format === "abc" || format === "musicxml"
          ? await answerNotes(c, await readVersionNotes(deps, business.id, versionId, format))
          : format === "stems"
            ? await answerStems(c, await readVersionStems(deps, business.id, versionId))
            : await answerFile(deps, c, await readVersionFile(deps, business, versionId, format));
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
    .get("/archive", async (c) => {
      const caller = requireUser(c);
      deps.usage.refuseServing(caller.businessId, caller.userId);
      const archive = await readTracksArchive(deps, caller, trackIdsOf(c));
      return countServed(deps.usage, c.req.raw, caller, await answerFile(deps, c, archive));
    })
    .get("/projects/:projectId/archive", async (c) => {
      const caller = requireUser(c);
      deps.usage.refuseServing(caller.businessId, caller.userId);
      const archive = await readProjectArchive(deps, caller, c.req.param("projectId"));
      return countServed(deps.usage, c.req.raw, caller, await answerFile(deps, c, archive));
    });

  /**
   * Composing the notes of a file occupies a thread for a moment, so a process makes only two files of
   * notes at a time.
   */
  function answerNotes(c: HttpContext, notes: VersionNotes): Promise<Response> {
    return answerContent(c, notes, async () => {
      const { signal } = c.req.raw;
      const end = await turns.take(callerNameOf(c, deps.trustedProxies), signal);
      try {
        const content = await notes.write(signal);
        return { bytes: content.length, bodyOf: async (from, to) => content.slice(from, to) };
      } finally {
        end();
      }
    });
  }

  /**
   * Rendering occupies a processor core for some time, so a process renders only two downloads at a
   * time.
   */
  function answerStems(c: HttpContext, stems: VersionStems): Promise<Response> {
    return answerContent(c, stems, async () => ({
      bytes: stems.bytes,
      bodyOf: async (from, to) => {
        const { signal } = c.req.raw;
        const end = await stemTurns.take(callerNameOf(c, deps.trustedProxies), signal);
        return stems.read(from, to, signal, end);
      },
    }));
  }

  /**
   * Returns the business of the version. Throws NOT_FOUND if the request has an invalid link.
   * If the request has no link, the caller must be a user who owns the version. For another user,
   * throws NOT_FOUND.
   */
  async function businessOf(c: HttpContext, versionId: string): Promise<Business> {
    const query = new URL(c.req.url).searchParams;
    const who = query.has("signature") ? query : requireUser(c);
    const business = await deps.registry.findById(await findAudience(deps, versionId, who));
    if (!business) throw notFound("version");
    return business;
  }
}

/**
 * Returns the user's id. If the request has a signed link, returns undefined, even if the request
 * also has the credential of a user.
 */
function userIdOf(c: HttpContext): string | undefined {
  const caller = c.get("caller");
  return caller?.kind === "user" && c.req.query("signature") === undefined ? caller.userId : undefined;
}

/** Parses a parameter with a fixed set of values. The first value is the default. */
function oneOf<Value extends string>(
  c: HttpContext,
  name: string,
  values: readonly [Value, ...Value[]],
): Value {
  const given = c.req.query(name) ?? values[0];
  const value = values.find((one) => one === given);
  if (value !== undefined) return value;
  throw new AppError("INVALID_PARAMETER", "Some parameters of the request are invalid.", {
    faults: [{ at: name, message: `It has to be one of ${values.join(", ")}.` }],
  });
}

const archivedTracksMax = 100;

function trackIdsOf(c: HttpContext): readonly string[] {
  const trackIds = new URL(c.req.url).searchParams.getAll("trackId");
  if (trackIds.length > 0 && trackIds.length <= archivedTracksMax) return trackIds;
  const message = `Name 1 to ${archivedTracksMax} tracks.`;
  throw new AppError("INVALID_PARAMETER", message, {
    faults: [{ at: "/trackId", message }],
    hint: "For example ?trackId=…&trackId=…",
  });
}
