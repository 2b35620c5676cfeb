// Splits MP3 data, which arrives in parts of any length, into frames. Tags are left out. Up to 16
// KiB of bytes that belong to no frame are skipped; more of these bytes are an error.

import { failed } from "../failed.ts";
import { createWaitingBytes, textAt, type WaitingBytes } from "../formats/bytes.ts";
import { type FrameHeader, findFrameHeader } from "./frame-header.ts";

export interface Frame extends FrameHeader {
  readonly data: Uint8Array;
}

export interface FrameReader {
  /**
   * Returns the frames that are complete now. Throws GENERATION_FAILED if too many bytes belong to
   * no frame, or if all tags together are larger than 16 MiB. A frame whose sample rate differs from
   * that of the first frame counts as bytes that belong to no frame.
   */
  read(bytes: Uint8Array): readonly Frame[];
  /**
   * Returns the remaining frames. Throws GENERATION_FAILED in the same cases as `read`, and also if
   * the last frame is incomplete or if there was no frame at all.
   */
  end(): readonly Frame[];
}

/** The maximum number of skipped bytes that belong to no frame, in total. */
const otherBytesMax = 16 * 1024;
const tagBytesMax = 16 * 1024 * 1024;
/** The number of bytes that is enough to recognise every known tag and read its size. */
const lookAheadBytes = 16;

export function createFrameReader(): FrameReader {
  const waiting = createWaitingBytes();
  let otherBytes = 0;
  let tagBytes = 0;
  let tagBytesLeft = 0;
  let sampleRate: number | undefined;

  const skipOther = (count: number): void => {
    waiting.take(count);
    otherBytes += count;
    if (otherBytes <= otherBytesMax) return;
    throw failed(
      sampleRate === undefined
        ? "The source is not MP3."
        : "The source begins as MP3, but continues with other bytes.",
      "The generator has to send MP3 frames (MPEG Layer III), with nothing between them.",
    );
  };

  /** Begins to skip the tag at the current position. Returns false if no tag begins there. */
  const skipTag = (): boolean => {
    const bytes = tagBytesOf(waiting.peek(lookAheadBytes));
    if (bytes === undefined) return false;
    tagBytes += bytes;
    if (tagBytes > tagBytesMax) throw failed("The tags of the MP3 source are larger than 16 MiB.");
    tagBytesLeft = bytes;
    return true;
  };

  /**
   * Takes the next frame. Returns "skipped" after a tag or other bytes were skipped. Returns
   * undefined if more bytes are needed or no bytes are left.
   */
  const nextFrame = (isEnd: boolean): Frame | "skipped" | undefined => {
    if (tagBytesLeft > 0) {
      tagBytesLeft -= waiting.take(tagBytesLeft).length;
      return tagBytesLeft > 0 || waiting.length === 0 ? undefined : "skipped";
    }
    if (waiting.length < lookAheadBytes && !isEnd) return undefined;
    if (waiting.length === 0) return undefined;
    if (skipTag()) return "skipped";
    const header = findFrameHeader(waiting.peek(4), 0);
    if (header === undefined || (sampleRate !== undefined && header.sampleRate !== sampleRate)) {
      skipOther(bytesToNextSync(waiting));
      return "skipped";
    }
    if (waiting.length < header.bytes + (sampleRate === undefined ? 4 : 0) && !isEnd) return undefined;
    if (waiting.length < header.bytes) {
      if (sampleRate !== undefined)
        throw failed(
          "The source ended within an MP3 frame.",
          "The connection to the generator may have been cut.",
        );
      skipOther(1);
      return "skipped";
    }
    const next = waiting.peek(header.bytes + 4);
    const isFirst = sampleRate === undefined;
    // Bytes that only look like the header of a frame must not be taken for the first frame. So the first frame is
    // accepted only if another frame or the end of the source follows it.
    if (
      isFirst &&
      next.length === header.bytes + 4 &&
      findFrameHeader(next, header.bytes)?.sampleRate !== header.sampleRate
    ) {
      skipOther(1);
      return "skipped";
    }
    sampleRate = header.sampleRate;
    return { ...header, data: waiting.take(header.bytes) };
  };

  const readAll = (isEnd: boolean): readonly Frame[] => {
    const frames: Frame[] = [];
    for (let frame = nextFrame(isEnd); frame !== undefined; frame = nextFrame(isEnd)) {
      if (frame !== "skipped") frames.push(frame);
    }
    return frames;
  };
  return {
    read: (bytes) => {
      waiting.add(bytes);
      return readAll(false);
    },
    end: () => {
      const frames = readAll(true);
      if (sampleRate === undefined) throw failed("The source is not MP3: no frame was found in it.");
      return frames;
    },
  };
}

const bytesToNextSync = (waiting: WaitingBytes): number => {
  const next = waiting.peek(waiting.length).indexOf(0xff, 1);
  return next < 0 ? waiting.length : next;
};

/** Returns the size of the ID3v2, ID3v1 or APE tag at the beginning of the bytes, or undefined if there is none. */
function tagBytesOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < lookAheadBytes) return undefined;
  if (textAt(bytes, 0, 3) === "ID3" && bytes.subarray(6, 10).every((byte) => byte < 0x80)) {
    const body = (bytes[6]! << 21) | (bytes[7]! << 14) | (bytes[8]! << 7) | bytes[9]!;
    return 10 + body + (bytes[5]! & 0x10 ? 10 : 0);
  }
  if (textAt(bytes, 0, 3) === "TAG") return 128;
  if (textAt(bytes, 0, 8) === "APETAGEX")
    return 32 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);
  return undefined;
}
