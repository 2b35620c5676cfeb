// Opens the object store of a process. If RONDO_OBJECTS_FROM is set, objects are being moved, and the former store is
// also opened.
import type { Config } from "../config/config.ts";
import { createMovingObjects } from "../ports/object-store/moving-store.ts";
import type { ObjectLinks } from "../ports/object-store/object-links.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import { openObjectStore } from "../ports/object-store/open.ts";
import { openStore } from "../process/start-errors.ts";
import type { MovePair } from "./move-pair.ts";

interface OpenedObjects {
  /** Undefined if the setting RONDO_OBJECTS_URL says that there is no object store. */
  readonly objects: ObjectStore | undefined;
  /**
   * Undefined if the store makes no links. Also undefined during a move, because a link to the new
   * store would fail for an object that has not been moved yet.
   */
  readonly objectLinks: ObjectLinks | undefined;
  /** The former store and the new store of a move. Undefined if no objects are being moved. */
  readonly pair: MovePair<ObjectStore> | undefined;
}

export async function openObjects(
  {
    objectsUrl,
    objectsFromUrl,
    objectPartBytes: partBytes,
  }: Pick<Config, "objectsUrl" | "objectsFromUrl" | "objectPartBytes">,
  noteKey: Uint8Array,
): Promise<OpenedObjects> {
  const options = { partBytes, noteKey };
  const { objects: to, objectLinks } = await openStore("RONDO_OBJECTS_URL", objectsUrl, () =>
    openObjectStore(objectsUrl, options),
  );
  if (objectsFromUrl === undefined || to === undefined) return { objects: to, objectLinks, pair: undefined };
  const { objects: from } = await openStore("RONDO_OBJECTS_FROM", objectsFromUrl, () =>
    openObjectStore(objectsFromUrl, options),
  );
  if (from === undefined) return { objects: to, objectLinks, pair: undefined };
  return { objects: createMovingObjects(to, from), objectLinks: undefined, pair: { from, to } };
}
