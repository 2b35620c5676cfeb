// Checks that bytes consist of complete MP3 frames, either of any format or of the format of Rondo's streams.
import { id3BytesOf } from "../../library/files/formats/mp3/id3.ts";
import { createFrameScanner } from "../../streams/audio/mp3-frames.ts";
import { Mismatch } from "../mismatch.ts";

export interface FramesFacts {
  readonly frames: number;
  readonly seconds: number;
}

export interface FramesRule {
  /**
   * Allows only frames of 44.1 kHz at 128 kbit/s, as the deliveries `stream` and `mongodb` require. A silent frame that
   * describes the file (an Info frame) is always allowed, and not counted.
   */
  readonly isStream?: boolean;
  /** Allows an ID3 tag before the first frame, because a file can begin with an ID3 tag. */
  readonly mayHaveHead?: boolean;
}

/**
 * Returns the number and the duration of the frames, which are 0 if there are no bytes. Throws
 * Mismatch if some bytes are not part of a complete frame, or if the rule forbids the format of a
 * frame.
 */
export function framesIn(bytes: Uint8Array, rule: FramesRule = {}): FramesFacts {
  const start = rule.mayHaveHead === true ? (id3BytesOf(bytes) ?? 0) : 0;
  let at = start;
  let frames = 0;
  let seconds = 0;
  const scanned = createFrameScanner().feed(bytes.subarray(start));
  for (const frame of scanned) {
    if (start + frame.position !== at) throw notFrames(bytes, at);
    at += frame.bytes;
    if (frame.isInfo) continue;
    const isOurs = frame.sampleRate === 44_100 && Math.floor(frame.meanBytes) === 417;
    if (rule.isStream === true && !isOurs) {
      const kbits = Math.round((frame.meanBytes * 8 * frame.sampleRate) / frame.samples / 1000);
      throw new Mismatch(
        "MP3 frames of 44.1 kHz and 128 kbit/s",
        `${frame.sampleRate} Hz at ${kbits} kbit/s`,
      );
    }
    frames++;
    seconds += frame.samples / frame.sampleRate;
  }
  if (at !== bytes.length) throw notFrames(bytes, at);
  return { frames, seconds };
}

const notFrames = (bytes: Uint8Array, at: number): Mismatch =>
  new Mismatch(
    "whole MP3 frames",
    `no whole frame at byte ${at} of ${bytes.length}, where the bytes are ${Buffer.from(bytes.subarray(at, at + 8)).toString("hex")}…`,
  );
