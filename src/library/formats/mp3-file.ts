// An MP3 to keep: the stored audio, byte for byte, behind a tag that says what it is.
import { type ByteSource, joinSources, sourceOf } from "./byte-source.ts";
import { type Id3Frame, id3TagOf } from "./id3.ts";
import { commentOf, madeWith, sourceTypeUri, type TrackTags, tagText } from "./track-tags.ts";
import { xmpPacketOf } from "./xmp.ts";

/** The name of the text frame that holds the signature. */
export const signatureFrameName = "RONDO_SIGNATURE";

export const mp3File = (audio: ByteSource, tags: TrackTags, signature?: string): ByteSource =>
  joinSources([sourceOf(id3TagOf(id3FramesOf(tags, signature))), audio]);

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
