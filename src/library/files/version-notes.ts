// Makes a file with the musical notes of a version for download, in MIDI, ABC or MusicXML. The notes are computed from
// the stored plan of the built-in composer, so the sound is not needed.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { NotationFormat } from "../../composer/notation/piece-file.ts";
import { fileNameOf } from "./formats/file-name.ts";
import { madeWith, sourceTypeUri } from "./formats/track-tags.ts";
import type { LibraryThreads } from "./threads/library-threads.ts";
import { readPlan } from "./read-plan.ts";
import { etagOf, nameOf } from "./version-file.ts";

export interface VersionNotes {
  readonly name: string;
  readonly contentType: string;
  readonly etag: string;
  /** Makes the bytes of the file on another thread. An abort doesn't stop this work. */
  write(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

export interface VersionNotesDeps {
  readonly databases: OpenDatabases;
  readonly threads: Pick<LibraryThreads, "run">;
}

/** Increase this number when the same plan gives other bytes, so that clients replace their copies. */
const writerVersion = 1;

/** Throws the errors of `readPlan`. The caller must check the permission. */
export async function readVersionNotes(
  { databases, threads }: VersionNotesDeps,
  businessId: string,
  versionId: string,
  format: NotationFormat,
): Promise<VersionNotes> {
  const { version, spec } = await readPlan(databases, businessId, versionId);
  const title = nameOf(version);
  const heading = {
    title,
    remarks: [`Made with ${madeWith}, version ${versionId}.`, sourceTypeUri("algorithmicMedia")],
  };
  return {
    name: fileNameOf(title, extensions[format]),
    contentType: contentTypes[format],
    etag: etagOf([format, writerVersion, heading, spec]),
    write: async (signal) =>
      (await threads.run({ kind: "notes", spec, format, heading }, {}, signal)) as Uint8Array<ArrayBuffer>,
  };
}

const extensions: Readonly<Record<NotationFormat, string>> = {
  midi: "mid",
  abc: "abc",
  musicxml: "musicxml",
};
const contentTypes: Readonly<Record<NotationFormat, string>> = {
  midi: "audio/midi",
  abc: "text/vnd.abc; charset=utf-8",
  musicxml: "application/vnd.recordare.musicxml+xml",
};
