// Checks the settings of former stores, from which content is being moved to the current stores. A
// former store must differ from the current store of the same kind. Objects can't be moved if
// RONDO_OBJECTS_URL is "none:".
import type { Fault } from "../errors.ts";
import type { StoreUrl } from "../ports/store-url.ts";

export interface MovedStores {
  readonly chunksUrl: StoreUrl;
  readonly chunksFromUrl: StoreUrl | undefined;
  readonly queueUrl: StoreUrl;
  readonly queueFromUrl: StoreUrl | undefined;
  readonly objectsUrl: StoreUrl;
  readonly objectsFromUrl: StoreUrl | undefined;
}

export function faultsOfMoves(stores: MovedStores): readonly Fault[] {
  const { chunksUrl, chunksFromUrl, queueUrl, queueFromUrl, objectsUrl, objectsFromUrl } = stores;
  return [
    ...faultsOf("RONDO_CHUNKS_FROM", chunksFromUrl, "RONDO_CHUNKS_URL", chunksUrl),
    ...faultsOf("RONDO_QUEUE_FROM", queueFromUrl, "RONDO_QUEUE_URL", queueUrl),
    ...faultsOf("RONDO_OBJECTS_FROM", objectsFromUrl, "RONDO_OBJECTS_URL", objectsUrl),
    ...(objectsFromUrl !== undefined && objectsUrl?.scheme === "none"
      ? [
          {
            at: "RONDO_OBJECTS_FROM",
            message: "RONDO_OBJECTS_URL is none:, so there is no store to move objects to.",
            hint: "Set RONDO_OBJECTS_URL to a store, such as file:./data/objects.",
          },
        ]
      : []),
  ];
}

/**
 * Returns a fault if `from` and `url` are the same store. Returns none if one of them is undefined: either no store is
 * being moved, or the setting has a fault, which another function reports.
 */
function faultsOf(
  at: string,
  from: StoreUrl | undefined,
  setting: string,
  url: StoreUrl | undefined,
): readonly Fault[] {
  if (from === undefined || url === undefined) return [];
  if (from.scheme !== url.scheme || from.location !== url.location) return [];
  return [
    {
      at,
      message: `It is the same store as ${setting}.`,
      hint: `Set ${at} to the former store and ${setting} to the new one, or remove ${at}.`,
    },
  ];
}
