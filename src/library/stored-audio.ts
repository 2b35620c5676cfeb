// A finished version served from its object, by Range, without its bytes passing through here where the store can send them itself.
import { isAppError } from "../errors.ts";
import type { ObjectKey, ObjectRead, ObjectStore } from "../ports/object-store/object-store.ts";
import { type AudioAnswer, type AudioRequest, boundsOf } from "../streams/audio-window.ts";
import { parseRange } from "../streams/byte-range.ts";
import type { AudioJobData } from "./audio-jobs.ts";
import { audioObjectKey } from "./object-keys.ts";
import { reportDamage, type ReportDamageDeps } from "./report-damage.ts";

export interface StoredAudioDeps extends ReportDamageDeps {
  readonly objects: Pick<ObjectStore, "read"> | undefined;
}

export interface StoredAudio extends AudioJobData {
  readonly bytes: number;
  readonly etag: string;
}

/** Undefined: it has to be heard from its stream, since the store can't send it itself, or it turned out damaged. */
export async function storedAudio(
  deps: StoredAudioDeps,
  stored: StoredAudio,
  request: AudioRequest,
): Promise<AudioAnswer | undefined> {
  if (!deps.objects) return undefined;
  const { bytes, etag } = stored;
  const headers = {
    "content-type": "audio/mpeg",
    "accept-ranges": "bytes",
    etag,
    "cache-control": "private, max-age=3600",
  };
  if (request.ifNoneMatch?.includes(etag)) return { status: 304, headers, body: null };
  const length = (size: number) => ({ ...headers, "content-length": String(size) });
  if (request.isHead) return { status: 200, headers: length(bytes), body: null };
  const isFresh = request.ifRange === undefined || request.ifRange === etag;
  const asked = isFresh ? parseRange(request.range) : undefined;
  const { first, last = bytes - 1 } = asked ? boundsOf(asked, bytes) : { first: 0 };
  const key = audioObjectKey(stored.businessId, stored.versionId);
  const object = await readWhole(deps.objects, key, first, last + 1);
  if (object?.facts.bytes !== bytes) return void (await reportDamage(deps, stored));
  const { body } = object;
  if (!(body instanceof Blob)) return void (await body.cancel());
  return asked
    ? {
        status: 206,
        headers: { ...length(last + 1 - first), "content-range": `bytes ${first}-${last}/${bytes}` },
        body,
      }
    : { status: 200, headers: length(bytes), body };
}

/** Undefined where it is not there, or shows already that it is not whole. */
async function readWhole(
  objects: Pick<ObjectStore, "read">,
  key: ObjectKey,
  start: number,
  end: number,
): Promise<ObjectRead | undefined> {
  try {
    return await objects.read(key, { start, end });
  } catch (err) {
    if (isAppError(err, "CONTENT_DAMAGED") || isAppError(err, "RANGE_NOT_SATISFIABLE")) return undefined;
    throw err;
  }
}
