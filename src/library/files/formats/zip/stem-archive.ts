// Makes the ZIP of a piece's stems. The ZIP contains the mix and each part as WAVs of the same
// length. The WAVs are rendered while the ZIP is read.
import type { Stems } from "../../../../composer/stems/render-stems.ts";
import { stemNamesOf } from "../../../../composer/stems/stem-names.ts";
import { type MusicSpec, sampleRate, samplesOf } from "../../../../composer/spec.ts";
import { nextTurn } from "../../../../process/next-turn.ts";
import { type ByteSource, joinSources, sourceOf } from "../byte-source.ts";
import { floatWavHead } from "../wav/float-wav-head.ts";
import type { TrackTags } from "../track-tags.ts";
import { zipFile } from "./zip-file.ts";

export interface StemArchive {
  readonly spec: MusicSpec;
  /** The tags of the entire piece. */
  readonly tags: TrackTags;
}

const bytesPerFrame = 8;

/**
 * Makes the archive. The size of the archive is known immediately. `open` is called when sound is
 * read for the first time, and all reads use the same Stems.
 */
export function stemArchive({ spec, tags }: StemArchive, open: () => Stems): ByteSource {
  let opened: Stems | undefined;
  const stems = (): Stems => {
    opened ??= open();
    return opened;
  };
  const soundBytes = samplesOf(spec) * bytesPerFrame;
  const entryOf = (name: string, render: () => AsyncIterable<Uint8Array>) => ({
    name: `${name}.wav`,
    modifiedAtMs: Date.parse(tags.createdAt),
    content: joinSources([
      sourceOf(floatWavHead({ ...tags, title: `${tags.title}: ${name}` }, { sampleRate, soundBytes })),
      soundOf(soundBytes, render),
    ]),
  });
  return zipFile([
    entryOf("Mix", () => stems().mix()),
    ...stemNamesOf(spec).map(({ stem, name }) => entryOf(name, () => stems().stem(stem))),
  ]);
}

/**
 * A read that begins in the middle also renders the sound before that position, and discards this
 * sound.
 */
const soundOf = (bytes: number, render: () => AsyncIterable<Uint8Array>): ByteSource => ({
  bytes,
  async *read(start) {
    let at = 0;
    for await (const chunk of render()) {
      const from = Math.max(start - at, 0);
      at += chunk.length;
      if (from < chunk.length) yield chunk.subarray(from);
      await nextTurn();
    }
  },
});
