// Shows links to download the files of a version. The server chooses the names of the files.
import { createMemo, For, on } from "solid-js";
import { type DownloadFormat, downloadUrl, getGeneration } from "../api/api.ts";
import { createLoaded } from "../signals/create-loaded.ts";
import { t } from "../i18n/translate.ts";
import type { GenerationStatus, VersionSummary } from "../api/wire.ts";
import { isFinal } from "../making/making.ts";

const ofSound: readonly (readonly [DownloadFormat, string])[] = [
  ["mp3", "Download MP3"],
  ["wav", "Download WAV"],
];
/** These formats need the musical notes, which are known only for complete pieces of the built-in composer. */
const ofNotes: readonly (readonly [DownloadFormat, string])[] = [
  ["midi", "Download MIDI"],
  ["musicxml", "Download MusicXML"],
  ["abc", "Download lead sheet (ABC)"],
  ["stems", "Download stems (ZIP of WAV)"],
];

/**
 * Whether the musical notes of a piece are known, by the request id of its generation. A generation is added when it
 * has ended and the server has answered a request for it.
 */
const withNotes = new Map<string, boolean>();

interface DownloadsProps {
  version: VersionSummary;
  /**
   * Whether the generation has ended and there is audio to download. If this is false when the links are chosen (see
   * `Downloads`), the component shows no links.
   */
  isKept: boolean;
  /** The generation of the version, if it is known already. */
  generation?: GenerationStatus | undefined;
}

/**
 * The links are chosen when the component is created, and again when it gets another version. At no other time is a
 * link added, because this would move the entries of an open menu under the pointer. As long as it is unknown whether
 * the piece has notes, the links to formats that need notes are shown, but can't be used.
 */
export function Downloads(props: DownloadsProps) {
  const known = () => {
    const { requestId } = props.version;
    return requestId === null ? false : (withNotes.get(requestId) ?? hasNotes(props.generation));
  };
  const loaded = createLoaded(
    () => props.isKept && known() === undefined && props.version.requestId,
    async (requestId) => {
      const found = hasNotes(await getGeneration(requestId).catch(() => undefined));
      if (found !== undefined) withNotes.set(requestId, found);
      return { requestId, found };
    },
  );
  const canUseNotes = () =>
    known() ?? (loaded()?.requestId === props.version.requestId && loaded()?.found === true);
  const links = createMemo(
    on(
      () => props.version.id,
      () => (props.isKept ? [...ofSound, ...(known() === false ? [] : ofNotes)] : []),
    ),
  );
  return (
    <For each={links()}>
      {(link) => {
        const [format, words] = link;
        const isUsable = () => ofSound.includes(link) || canUseNotes();
        return (
          <a class="link" href={isUsable() ? downloadUrl(props.version.id, format) : undefined} download="">
            {t(words)}
          </a>
        );
      }}
    </For>
  );
}

/** Returns whether the generation has notes. Returns undefined if no generation is passed, or if it has not ended. */
function hasNotes(generation: GenerationStatus | undefined): boolean | undefined {
  if (!generation || !isFinal(generation.state)) return undefined;
  return generation.state === "complete" && generation.plan?.composerVersion !== undefined;
}
