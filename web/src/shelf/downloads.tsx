// Shows links to download the files of a version. The server chooses the names of the files.
import { For } from "solid-js";
import { type DownloadFormat, downloadUrl, getGeneration } from "../api/api.ts";
import { createLoaded } from "../signals/create-loaded.ts";
import { t } from "../i18n/translate.ts";
import type { GenerationStatus, VersionSummary } from "../api/wire.ts";

const ofSound: readonly (readonly [DownloadFormat, string])[] = [
  ["mp3", "Download MP3"],
  ["wav", "Download WAV"],
];
/** These formats need the notes, which are known only for complete pieces of the built-in composer. */
const ofNotes: readonly (readonly [DownloadFormat, string])[] = [
  ["midi", "Download MIDI"],
  ["musicxml", "Download MusicXML"],
  ["abc", "Download lead sheet (ABC)"],
  ["stems", "Download stems (ZIP of WAV)"],
];

interface DownloadsProps {
  version: VersionSummary;
  /** The generation of the version, if it is known already. */
  generation?: GenerationStatus | undefined;
}

export function Downloads(props: DownloadsProps) {
  const loaded = createLoaded(
    // If `props.generation` is missing or not complete, it is requested again, because it may be complete now.
    () => props.generation?.state !== "complete" && props.version.requestId,
    (requestId) => getGeneration(requestId).catch(() => undefined),
  );
  const hasNotes = () => {
    const { state, plan } = loaded() ?? props.generation ?? {};
    return state === "complete" && plan?.composerVersion !== undefined;
  };
  return (
    <For each={hasNotes() ? [...ofSound, ...ofNotes] : ofSound}>
      {([format, words]) => (
        <a class="link" href={downloadUrl(props.version.id, format)} download="">
          {t(words)}
        </a>
      )}
    </For>
  );
}
