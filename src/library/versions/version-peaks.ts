// Reads the waveform of a version, as the generator reported it, and the sections, bars and chords of the music.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { notFound } from "../../errors.ts";
import { readStoredJson } from "../../generations/generation-events.ts";
import type { GeneratedBar } from "../../ports/generator/generator.ts";
import { nextTurn } from "../../process/next-turn.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import { readThrough } from "../../streams/read-through.ts";
import { eventsKey } from "../../streams/stream-keys.ts";
import type { Waveform } from "../files/formats/waveform-file.ts";

export interface VersionPeaksDeps {
  readonly databases: OpenDatabases;
  readonly chunkStore: Pick<ChunkStore, "read">;
}

/**
 * All sound in Rondo has this sample rate. Each second has 50 pairs of peaks (`GeneratedChunk.peaks`), so a pair covers
 * 882 samples, which are 20 ms.
 */
const sampleRate = 44_100;
const samplesPerPeak = 882;
const pairMs = 20;

/**
 * Returns the peaks, sections and bars that exist so far. Throws NOT_FOUND if the version does not exist, has no
 * generation or is deleted. Also throws NOT_FOUND if the track of the version is deleted, or if the owner's account is
 * being deleted. The caller must check the permission.
 */
export async function readVersionPeaks(
  deps: VersionPeaksDeps,
  businessId: string,
  versionId: string,
): Promise<Waveform> {
  const generation = await deps.databases.use(businessId, (database) =>
    database.kysely
      .selectFrom("generations as g")
      .innerJoin("versions as v", "v.id", "g.versionId")
      .innerJoin("tracks as t", "t.id", "v.trackId")
      .innerJoin("users as u", "u.id", "v.userId")
      .select("g.id")
      .where("v.id", "=", versionId)
      .where("v.deletedAt", "is", null)
      .where("t.deletedAt", "is", null)
      .where("u.deleteAfter", "is", null)
      .executeTakeFirst(),
  );
  if (!generation) throw notFound("version");
  return { ...(await readMusic(deps.chunkStore, businessId, generation.id)), sampleRate, samplesPerPeak };
}

async function readMusic(
  chunkStore: Pick<ChunkStore, "read">,
  businessId: string,
  requestId: string,
): Promise<Pick<Waveform, "peaks" | "sections" | "bars">> {
  const parts: Uint8Array[] = [];
  const bars: GeneratedBar[] = [];
  const sections: { startMs: number; name: string }[] = [];
  let pairs = 0;
  const enter = (startMs: number, name: string | undefined): void => {
    if (name !== undefined && sections.at(-1)?.name !== name) sections.push({ startMs, name });
  };
  for await (const chunks of readThrough(chunkStore, eventsKey(businessId, requestId))) {
    for (const event of chunks.map(readStoredJson)) {
      if (event.type !== "progress") continue;
      const peaks = Buffer.from(event.peaks, "base64");
      // A piece can be made by several workers, one after the other. Each of them may have reported the peaks of the
      // same sound. The peaks that are already in `parts` are skipped.
      const known = Math.max(0, pairs - Math.round(event.startMs / pairMs));
      parts.push(peaks.subarray(known * 2));
      pairs += Math.max(0, peaks.length / 2 - known);
      // A section begins exactly at the start of its first bar. Until an event contains a bar, the start of the chunk
      // is used as the start of the section.
      if (bars.length === 0) enter(event.startMs, event.section);
      for (const bar of event.bars ?? []) {
        if (bar.bar <= (bars.at(-1)?.bar ?? 0)) continue;
        bars.push(bar);
        enter(bar.startMs, bar.section);
      }
    }
    await nextTurn();
  }
  return { peaks: Buffer.concat(parts), sections, bars };
}
