// Writes ID3v2.4 tags in the simplest form of the specification. Also reads user texts from tags that other programs
// have written.

export type Id3Frame =
  | { readonly id: `T${string}`; readonly text: string }
  | { readonly id: "TXXX"; readonly name: string; readonly text: string }
  | { readonly id: "COMM"; readonly text: string }
  | { readonly id: "PRIV"; readonly owner: string; readonly data: Uint8Array };

const utf8 = 3;
export const id3HeaderBytes = 10;

/** Writes the frames in the given order, without padding. */
export function id3TagOf(frames: readonly Id3Frame[]): Uint8Array {
  const body = Buffer.concat(frames.map(frameOf));
  return Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0]), synchsafe(body.length), body]);
}

/** Returns the length of the tag at the start of these bytes, including its header; undefined if there is no tag. */
export function id3BytesOf(header: Uint8Array): number | undefined {
  const isTag =
    header.length >= id3HeaderBytes &&
    header[0] === 0x49 &&
    header[1] === 0x44 &&
    header[2] === 0x33 &&
    header.subarray(6, 10).every((byte) => byte < 0x80);
  if (!isTag) return undefined;
  const footerBytes = header[5]! & 0x10 ? id3HeaderBytes : 0;
  return id3HeaderBytes + unsynchsafe(header, 6) + footerBytes;
}

/** The maximum number of frames that are read. Later frames are ignored. Usual tags have a few dozen frames. */
const framesMax = 1_000;
/** The maximum size of a user text (TXXX) in bytes, including its name. Longer user texts are ignored. */
const textBytesMax = 64 * 1024;

/**
 * Returns the user texts (TXXX) of a tag by their names. If two texts have the same name, the later one
 * is returned. `tag` must contain the entire tag with its header. Only tags of the versions 2.3 and 2.4
 * are read; for another version, the result is empty. If the tag is damaged, returns the texts before
 * the fault. Compressed and encrypted frames are not decoded. The time is linear in the length of the
 * tag.
 */
export function readId3Texts(tag: Uint8Array): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const version = tag[3]!;
  const flags = tag[5]!;
  if (version !== 3 && version !== 4) return texts;
  let body = tag.subarray(id3HeaderBytes);
  if (version === 3 && flags & 0x80) body = synchronised(body);
  let at = flags & 0x40 ? extendedHeaderBytes(body, version) : 0;
  for (let frames = 0; frames < framesMax && at + 10 <= body.length && body[at] !== 0; frames++) {
    const bytes = version === 4 ? unsynchsafe(body, at + 4) : bigEndian32(body, at + 4);
    if (at + 10 + bytes > body.length) break;
    const isUserText = body[at] === 0x54 && [1, 2, 3].every((i) => body[at + i] === 0x58); // TXXX
    if (isUserText && bytes <= textBytesMax) {
      const formatFlags = body[at + 9]!;
      let content = body.subarray(at + 10, at + 10 + bytes);
      if (version === 4 && formatFlags & 0x01) content = content.subarray(4);
      if (version === 4 && formatFlags & 0x02) content = synchronised(content);
      const [name = "", text = ""] = decoded(content).split("\0", 2);
      texts.set(name, text);
    }
    at += 10 + bytes;
  }
  return texts;
}

function frameOf(frame: Id3Frame): Buffer {
  const content = contentOf(frame);
  return Buffer.concat([
    Buffer.from(frame.id, "latin1"),
    synchsafe(content.length),
    Buffer.alloc(2),
    content,
  ]);
}

function contentOf(frame: Id3Frame): Buffer {
  if (frame.id === "PRIV" && "owner" in frame) {
    return Buffer.concat([Buffer.from(`${frame.owner}\0`, "latin1"), frame.data]);
  }
  // A comment has a language and a name. Here the language is unknown and the name is empty.
  const before = frame.id === "COMM" ? "XXX\0" : "name" in frame ? `${frame.name}\0` : "";
  return Buffer.concat([Buffer.from([utf8]), Buffer.from(before + ("text" in frame ? frame.text : ""))]);
}

const synchsafe = (value: number): Buffer =>
  Buffer.from([(value >> 21) & 127, (value >> 14) & 127, (value >> 7) & 127, value & 127]);

const unsynchsafe = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 21) | (bytes[at + 1]! << 14) | (bytes[at + 2]! << 7) | bytes[at + 3]!;

/** Removes the zero byte that unsynchronisation has added after each 0xFF. */
const synchronised = (bytes: Uint8Array): Uint8Array =>
  bytes.filter((byte, at) => !(byte === 0 && at > 0 && bytes[at - 1] === 0xff));

const bigEndian32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;

const extendedHeaderBytes = (body: Uint8Array, version: 3 | 4): number =>
  version === 4 ? unsynchsafe(body, 0) : 4 + bigEndian32(body, 0);

/** Decodes a text frame. Its first byte declares one of four encodings. */
function decoded(content: Uint8Array): string {
  const text = content.subarray(1);
  if (content[0] === 0) return Buffer.from(text).toString("latin1");
  if (content[0] === 2) return new TextDecoder("utf-16be").decode(text);
  if (content[0] === utf8) return new TextDecoder().decode(text);
  // The encoding is UTF-16, in which each string starts with a byte order mark.
  const order = text[0] === 0xfe ? "utf-16be" : "utf-16le";
  return new TextDecoder(order).decode(text).replaceAll("\ufeff", "");
}
