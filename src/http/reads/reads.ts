// Lists the reads (GET) that the fast path answers without the router, see fast-path.ts. The most frequent reads come
// first.
import { createCachedPages } from "../durable-streams/cached-pages.ts";
import { createAudioRead, type AudioReadDeps } from "./audio-read.ts";
import { createQueryRead, type QueryReadDeps } from "./query-read.ts";
import type { Read } from "./read.ts";
import { createStreamReads, type StreamReadsDeps } from "./stream-read.ts";

export type ReadsDeps = Omit<StreamReadsDeps, "pages"> & QueryReadDeps & AudioReadDeps;

export const createReads = (deps: ReadsDeps): readonly Read[] => [
  ...createStreamReads({ ...deps, pages: createCachedPages() }),
  createAudioRead(deps),
  createQueryRead(deps),
];
