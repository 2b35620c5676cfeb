// Makes the chunks of a WAV file (RIFF), including those with the tags of a piece.
import { commentOf, madeWith, type TrackTags, tagText } from "../track-tags.ts";
import { xmpPacketOf } from "../signature/xmp.ts";

/**
 * Returns the chunks with the tags. The chunks include IPTC's digital source type in XMP, which declares that the
 * sound was made by a machine.
 */
export const tagChunksOf = (tags: TrackTags): readonly Buffer[] => [
  chunkOf("LIST", Buffer.concat([Buffer.from("INFO"), ...infoChunksOf(tags)])),
  chunkOf("_PMX", xmpPacketOf(tags)),
];

const infoChunksOf = (tags: TrackTags): Buffer[] =>
  [
    ["INAM", tagText(tags.title)],
    ["ICMT", commentOf(tags)],
    ["ICRD", tags.createdAt.slice(0, 10)],
    ["ISFT", madeWith],
    ...(tags.projectName === undefined ? [] : [["IPRD", tagText(tags.projectName)]]),
  ].map(([id, text]) => chunkOf(id!, Buffer.from(`${text}\0`)));

/** Makes a chunk. The content is padded to an even length. The declared length doesn't include the padding. */
export const chunkOf = (id: string, content: Uint8Array): Buffer =>
  Buffer.concat([chunkHead(id, content.length), content, Buffer.alloc(content.length % 2)]);

/**
 * Makes the first 8 bytes of a chunk. `id`: four characters. `bytes`: the length without the
 * padding.
 */
export function chunkHead(id: string, bytes: number): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, "latin1");
  head.writeUInt32LE(bytes, 4);
  return head;
}
