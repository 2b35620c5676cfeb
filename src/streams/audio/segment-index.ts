// Cuts an MP3 stream into HLS segments at frame boundaries. The cuts depend only on the bytes of the stream.
import { createFrameScanner, type Mp3Frame } from "./mp3-frames.ts";

export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly startSeconds: number;
  readonly seconds: number;
}

interface GrowingSegment {
  readonly from: number;
  readonly startSeconds: number;
  /**
   * The expected start of the next segment, in seconds; undefined if the frames so far differ in
   * duration or bit rate.
   */
  readonly endSeconds: number | undefined;
}

export interface SegmentIndex {
  readonly segments: readonly Segment[];
  /** The position up to which the stream was read. */
  readonly position: number;
  /** The segment in progress; undefined before the first audio frame and after `finish`. */
  readonly growing: GrowingSegment | undefined;
  /**
   * Returns the durations, in seconds, of all segments of a stream that will have `plannedBytes`
   * bytes. Returns undefined before the first audio frame, and if the frames so far differ in
   * duration or bit rate.
   */
  plan(plannedBytes: number): readonly number[] | undefined;
  /** The bytes must follow the bytes of the previous call. */
  feed(bytes: Uint8Array): void;
  /**
   * Makes the last segment from the remaining frames. Call this function when the stream has ended. A second call does
   * nothing.
   */
  finish(): void;
}

/**
 * The first two segments are short, so that playback starts early. Later segments are longer, to save requests. The
 * first segments still have at least two seconds (32 KB), because ffmpeg reads the first 32 KB before it plays. If the
 * first segment had fewer bytes, ffmpeg would play this segment at the timestamp of the second segment.
 */
const firstSegments = 2;
const firstSeconds = 2;
const restSeconds = 3;

/**
 * Returns the minimum duration, in seconds, of the segment with this index. The first segment has index 0. A segment
 * ends with the first frame that reaches this duration.
 */
export const secondsWanted = (number: number): number =>
  number < firstSegments ? firstSeconds : restSeconds;

/** The playlist's target duration in seconds; no segment is longer (RFC 8216, section 4.3.3.1). */
export const targetSeconds = 4;

export function createSegmentIndex(): SegmentIndex {
  const scanner = createFrameScanner();
  const segments: Segment[] = [];
  let from: number | undefined;
  let to = 0;
  let startSeconds = 0;
  let seconds = 0;
  let isFinished = false;
  /** The first audio frame. */
  let start: Mp3Frame | undefined;
  let isConstant = true;

  const cut = (): void => {
    if (from === undefined || seconds === 0) return;
    segments.push({ from, to, startSeconds, seconds });
    from = to;
    startSeconds += seconds;
    seconds = 0;
  };

  return {
    segments,
    get position() {
      return scanner.position;
    },
    get growing() {
      if (from === undefined || start === undefined || isFinished) return undefined;
      let length = 0;
      while (length < secondsWanted(segments.length)) length += start.samples / start.sampleRate;
      return { from, startSeconds, endSeconds: isConstant ? startSeconds + length : undefined };
    },
    plan(plannedBytes) {
      if (start === undefined || !isConstant) return undefined;
      const { position, meanBytes, samples, sampleRate } = start;
      const planned: number[] = [];
      let inSegment = 0;
      for (let left = Math.round((plannedBytes - position) / meanBytes); left > 0; left--) {
        inSegment += samples / sampleRate;
        if (left > 1 && inSegment < secondsWanted(planned.length)) continue;
        planned.push(inSegment);
        inSegment = 0;
      }
      return planned;
    },
    feed(bytes) {
      for (const frame of scanner.feed(bytes)) {
        if (frame.isInfo && segments.length === 0 && seconds === 0) continue;
        start ??= frame;
        isConstant &&= frame.meanBytes === start.meanBytes && frame.samples === start.samples;
        from ??= frame.position;
        to = frame.position + frame.bytes;
        seconds += frame.samples / frame.sampleRate;
        if (seconds >= secondsWanted(segments.length)) cut();
      }
    },
    finish() {
      if (isFinished) return;
      isFinished = true;
      cut();
    },
  };
}
