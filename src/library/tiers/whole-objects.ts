// Before any byte of an object is served, verifies that the object is exactly what was written. Verifies only objects
// that are stored in files.
import { LRUCache } from "lru-cache";
import { isAppError } from "../../errors.ts";
import type { ObjectRead, ObjectStore } from "../../ports/object-store/object-store.ts";
import type { AudioJobData } from "../../jobs/audio-job-data.ts";
import { audioObjectKey } from "./object-keys.ts";

/**
 * How long a successful verification is valid, in milliseconds. If the modification time of the file changes, the file
 * is verified again.
 */
const knownForMs = 600_000;
const whole = new LRUCache<string, string>({ max: 20_000, ttl: knownForMs });
const checking = new Map<string, Promise<boolean>>();

/**
 * Returns undefined if the object is missing, damaged or of another size. Damage is found only in an object that is
 * stored in a file. The content of any other object is not read here. To verify it, read the object with `checked`.
 */
export async function openWholeObject(
  objects: Pick<ObjectStore, "read">,
  audio: AudioJobData,
  bytes: number,
): Promise<ObjectRead | undefined> {
  try {
    const object = await objects.read(audioObjectKey(audio.businessId, audio.versionId));
    if (object?.facts.bytes !== bytes) return undefined;
    return (await isWhole(`${audio.businessId}/${audio.versionId}`, object)) ? object : undefined;
  } catch (err) {
    if (isAppError(err, "CONTENT_DAMAGED")) return undefined;
    throw err;
  }
}

async function isWhole(name: string, object: ObjectRead): Promise<boolean> {
  const { body, facts } = object;
  if (!(body instanceof Blob)) return true;
  const touched = "lastModified" in body ? String(body.lastModified) : "";
  const stamp = `${facts.writtenAtMs} ${facts.crc32c} ${touched}`;
  if (whole.get(name) === stamp) return true;
  const known = checking.get(`${name} ${stamp}`);
  if (known !== undefined) return known;
  const check = readThrough(object).finally(() => checking.delete(`${name} ${stamp}`));
  checking.set(`${name} ${stamp}`, check);
  if (!(await check)) return false;
  whole.set(name, stamp);
  return true;
}

async function readThrough(object: ObjectRead): Promise<boolean> {
  try {
    for await (const _ of object.checked());
    return true;
  } catch (err) {
    if (isAppError(err, "CONTENT_DAMAGED")) return false;
    throw err;
  }
}
