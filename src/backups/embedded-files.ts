// Reads from the settings the paths of the files and folders of all stores. `rondo backup` and `rondo restore` use
// these paths. Both commands work only in the embedded profile, in which every store is on this machine's disk.
import type { Config } from "../config/config.ts";
import { AppError, type Fault } from "../errors.ts";
import { isOnDisk } from "../ports/store-url.ts";

export interface EmbeddedFiles {
  readonly control: string;
  readonly jobs: string;
  readonly businesses: string;
  readonly chunks: string;
  /** undefined: all audio is in the chunk store. */
  readonly objects: string | undefined;
}

/** Throws CONFIG_INVALID if a store is on a server or is being moved. The error lists all of these stores. */
export function embeddedFilesOf(config: Config): EmbeddedFiles {
  const { controlUrl, queueUrl, businessUrl, chunksUrl, objectsUrl } = config;
  const stores = [
    ["RONDO_CONTROL_URL", controlUrl],
    ["RONDO_QUEUE_URL", queueUrl],
    ["RONDO_BUSINESS_URL", businessUrl],
    ["RONDO_CHUNKS_URL", chunksUrl],
    ...(objectsUrl.scheme === "none" ? [] : [["RONDO_OBJECTS_URL", objectsUrl] as const]),
  ] as const;
  const moves = [
    ["RONDO_QUEUE_FROM", config.queueFromUrl],
    ["RONDO_CHUNKS_FROM", config.chunksFromUrl],
    ["RONDO_OBJECTS_FROM", config.objectsFromUrl],
  ] as const;
  const faults: readonly Fault[] = [
    ...stores
      .filter(([, url]) => !isOnDisk(url))
      .map(([at]) => ({
        at,
        message: "This store is on a server.",
        hint: "Back it up with the tools of that server, and each business with `rondo business export`.",
      })),
    ...moves
      .filter(([, url]) => url !== undefined)
      .map(([at]) => ({ at, message: "This store is being moved.", hint: "Finish the move first." })),
  ];
  if (faults.length > 0)
    throw new AppError("CONFIG_INVALID", "`rondo backup` can't back up or restore these stores.", {
      faults,
    });
  return {
    ...{ control: controlUrl.location, jobs: queueUrl.location, businesses: businessUrl.location },
    chunks: chunksUrl.location,
    objects: objectsUrl.scheme === "none" ? undefined : objectsUrl.location,
  };
}
