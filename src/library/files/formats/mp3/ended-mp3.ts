// Corrects an MP3 that is shorter than its Info frame declares, or whose Info frame declares no length. The Info frame
// gets the right number of frames, and everything after the last complete frame is removed.
import { nextTurn } from "../../../../process/next-turn.ts";
import { createFrameScanner, type Mp3Frame } from "../../../../streams/audio/mp3-frames.ts";
import { type ByteSource, joinSources, sourceOf } from "../byte-source.ts";
import { infoPlaceOf, openInfoOf } from "./mp3-facts.ts";

/**
 * Returns the corrected MP3, or the given source if the source doesn't begin with an MP3 frame.
 * Reads the start of the source, and then the entire source from the beginning.
 */
export async function endedMp3(audio: ByteSource): Promise<ByteSource> {
  const start = await startOf(audio);
  const scanner = createFrameScanner();
  let first: Mp3Frame | undefined;
  let last: Mp3Frame | undefined;
  let frames = 0;
  let turnAt = bytesInATurn;
  for await (const chunk of audio.read(0)) {
    for (const frame of scanner.feed(chunk)) {
      first ??= frame;
      last = frame;
      frames++;
    }
    if (scanner.position < turnAt) continue;
    turnAt = scanner.position + bytesInATurn;
    await nextTurn();
  }
  if (first?.position !== 0 || last === undefined) return audio;
  const end = last.position + last.bytes;
  const info = first.isInfo
    ? changedInfo(start.slice(0, first.bytes), { frames: frames - 1, bytes: end })
    : undefined;
  const rest = {
    bytes: end - (info?.length ?? 0),
    read: (from: number) => audio.read((info?.length ?? 0) + from),
  };
  return joinSources([...(info ? [sourceOf(info)] : []), cutTo(rest)]);
}

/**
 * Whether the first frame is an Info frame with a LAME tag, but without a length. An encoder writes
 * such a frame before the length is known.
 */
export async function isWithoutLength(audio: ByteSource): Promise<boolean> {
  const start = await startOf(audio);
  return openInfoOf(start) !== undefined;
}

const bytesInATurn = 256 * 1024;
/** The flags of an Info frame that declares the number of frames and the number of bytes. */
const framesAndBytes = 0b11;
const lameTagBytes = 36;
const startBytes = 2_048; // This is longer than any frame.

async function startOf(audio: ByteSource): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of audio.read(0)) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes >= startBytes) break;
  }
  return Buffer.concat(parts);
}

/** Ends the source after `bytes` bytes. */
const cutTo = ({ bytes, read }: ByteSource): ByteSource => ({
  bytes,
  async *read(start) {
    let left = bytes - start;
    for await (const chunk of read(start)) {
      if (left <= 0) return;
      yield chunk.subarray(0, left);
      left -= chunk.length;
    }
  },
});

/** The delay of a decoder: a decoder outputs all sound later by this number of samples. */
const decoderDelaySamples = 529;

/**
 * Corrects the Info frame of a shortened MP3:
 * - If the frame declares no length, `filledInfo` adds the length.
 * - If the frame declares too many sound frames, this function corrects the numbers of sound frames and of bytes. It
 *   also sets the padding, which tells players how much silence to cut from the end. The shortened file ends with
 *   music, so players must cut nothing. They cut the padding minus a decoder's delay, so the padding is set to this
 *   delay.
 * - Any other frame is returned unchanged.
 */
function changedInfo(
  frame: Uint8Array,
  made: { readonly frames: number; readonly bytes: number },
): Uint8Array {
  const place = infoPlaceOf(frame);
  if (place === undefined) return filledInfo(frame, made);
  const view = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  if (view.readUInt32BE(place.frames) <= made.frames) return frame;
  view.writeUInt32BE(made.frames, place.frames);
  if (place.bytes !== undefined) view.writeUInt32BE(made.bytes, place.bytes);
  if (place.lame !== undefined) {
    const { lame } = place;
    view[lame + 22] = (view[lame + 22]! & 0xf0) | (decoderDelaySamples >> 8);
    view[lame + 23] = decoderDelaySamples & 0xff;
    // The length of the music and two checksums are set to 0, which means unknown.
    view.fill(0, lame + 28, lame + 36);
  }
  return frame;
}

/**
 * Writes the number of sound frames and of bytes into an Info frame that declares neither. The LAME tag is moved behind
 * these numbers, and the length of the frame doesn't change.
 */
function filledInfo(
  frame: Uint8Array,
  made: { readonly frames: number; readonly bytes: number },
): Uint8Array {
  const open = openInfoOf(frame);
  if (open === undefined) return frame;
  const tag = Uint8Array.from(frame.subarray(open.lame, open.lame + lameTagBytes));
  const view = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  view.writeUInt32BE(framesAndBytes, open.flags);
  view.writeUInt32BE(made.frames, open.flags + 4);
  view.writeUInt32BE(made.bytes, open.flags + 8);
  view.set(tag, open.flags + 12);
  return frame;
}
