// Makes the MP3 of a download: a tag that describes the audio, followed by the unchanged bytes of the given audio.
import { createHash } from "node:crypto";
import { type ByteSource, joinSources, lateSource } from "../byte-source.ts";
import { type Id3Frame, id3TagOf } from "./id3.ts";
import type { SignHash } from "../signature/signature.ts";
import { commentOf, madeWith, sourceTypeUri, type TrackTags, tagText } from "../track-tags.ts";
import { xmpPacketOf } from "../signature/xmp.ts";

/** The name of the text frame that contains the signature. */
export const signatureFrameName = "RONDO_SIGNATURE";

/**
 * Returns the MP3 file. If `sign` is given, the tag contains the signature of the audio's SHA-256. Without `sha256`,
 * each read of the tag first reads the entire audio to calculate this hash. But the size of the tag must be known
 * before the audio is read. To find out this size, `mp3File` makes a signature of a hash of zeros. Therefore all
 * signatures of `sign` must have the same length.
 */
export async function mp3File(
  audio: ByteSource,
  tags: TrackTags,
  sign?: SignHash,
  sha256?: Uint8Array,
): Promise<ByteSource> {
  const tagOf = async (hash: Uint8Array): Promise<Uint8Array> =>
    id3TagOf(id3FramesOf(tags, await sign?.(hash)));
  const tagBytes = (await tagOf(new Uint8Array(32))).length;
  const tag = lateSource(tagBytes, async () =>
    tagOf(sha256 ?? (sign ? await sha256Of(audio) : new Uint8Array(32))),
  );
  return joinSources([tag, audio]);
}

async function sha256Of(audio: ByteSource): Promise<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of audio.read(0)) hash.update(chunk);
  return hash.digest();
}

export function id3FramesOf(tags: TrackTags, signature?: string): Id3Frame[] {
  const frames: Id3Frame[] = [
    { id: "TIT2", text: tagText(tags.title) },
    { id: "TIT3", text: `Version ${tags.versionNumber}` },
    { id: "TDRC", text: tags.createdAt.slice(0, 19) },
    { id: "COMM", text: commentOf(tags) },
    { id: "TSSE", text: madeWith },
    { id: "TXXX", name: "AI_GENERATED", text: "true" },
    { id: "TXXX", name: "DIGITAL_SOURCE_TYPE", text: sourceTypeUri(tags.sourceType) },
    { id: "TXXX", name: "RONDO_VERSION", text: tags.versionId },
    { id: "PRIV", owner: "XMP", data: xmpPacketOf(tags) },
  ];
  if (tags.projectName !== undefined) frames.push({ id: "TALB", text: tagText(tags.projectName) });
  if (tags.durationMs !== undefined) frames.push({ id: "TLEN", text: String(tags.durationMs) });
  if (signature !== undefined) frames.push({ id: "TXXX", name: signatureFrameName, text: signature });
  return frames;
}
