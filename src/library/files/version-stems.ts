// Makes the ZIP of a version's stems from the stored plan of the built-in composer, as fast as the client reads it.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { AppError } from "../../errors.ts";
import { fileNameOf } from "./formats/file-name.ts";
import { type StemArchive, stemArchive } from "./formats/zip/stem-archive.ts";
import { createLibraryThreads } from "./threads/library-threads.ts";
import { readPlan } from "./read-plan.ts";
import { etagOf, nameOf, tagsOf } from "./version-file.ts";

export interface VersionStems {
  readonly name: string;
  readonly contentType: string;
  readonly etag: string;
  readonly bytes: number;
  /**
   * Returns the bytes of the ZIP from `start` to before `end`. A separate thread renders the bytes. When the stream
   * ends, the thread is ended, and then `onEnd` is called. The stream is aborted if the client reads nothing for 30
   * seconds.
   */
  read(start: number, end: number, signal: AbortSignal, onEnd: () => void): ReadableStream<Uint8Array>;
}

/** Increase this number when the same plan gives other bytes, so that clients replace their copies. */
const writerVersion = 1;
const stalledMs = 30_000;

/** Throws the errors of `readPlan`. The caller must check the permission. */
export async function readVersionStems(
  { databases }: { readonly databases: OpenDatabases },
  businessId: string,
  versionId: string,
): Promise<VersionStems> {
  const { version, spec } = await readPlan(databases, businessId, versionId);
  const archive: StemArchive = { spec, tags: tagsOf(version) };
  return {
    name: fileNameOf(nameOf(version), "zip"),
    contentType: "application/zip",
    etag: etagOf(["stems", writerVersion, archive]),
    bytes: stemArchive(archive, unreadable).bytes,
    read: (start, end, signal, onEnd) => streamOf(archive, { start, end, signal, onEnd }),
  };
}

const unreadable = (): never => {
  throw new Error("The stems are rendered on another thread.");
};

interface Reading {
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal;
  readonly onEnd: () => void;
}

function streamOf(archive: StemArchive, { start, end, signal, onEnd }: Reading): ReadableStream<Uint8Array> {
  const threads = createLibraryThreads({ threadsMax: 1 });
  const stop = new AbortController();
  const leave = (): void => stop.abort();
  signal.addEventListener("abort", leave, { once: true });
  let wanted = Promise.withResolvers<void>();
  const run = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const put = async (bytes: Uint8Array): Promise<void> => {
      const timer = setTimeout(() => wanted.reject(stalled()), stalledMs);
      await wanted.promise.finally(() => clearTimeout(timer));
      wanted = Promise.withResolvers();
      controller.enqueue(bytes);
    };
    try {
      await threads.run({ kind: "stems", archive, start, end }, { put }, stop.signal);
      controller.close();
    } catch (err) {
      if (!stop.signal.aborted || signal.aborted) controller.error(err);
    } finally {
      signal.removeEventListener("abort", leave);
      await threads.close();
      onEnd();
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => void run(controller),
      pull: () => wanted.resolve(),
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}

const stalled = (): AppError => new AppError("UNAVAILABLE", "The reader of the stems has stopped reading.");
