// Cuts an MP3 stream into HLS segments at the borders of frames: the same cuts whoever asks and whenever.
import { createFrameScanner } from "./mp3-frames.ts";

export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly startSeconds: number;
  readonly seconds: number;
}

export interface SegmentIndex {
  readonly segments: readonly Segment[];
  /** Up to where the stream has been seen. */
  readonly position: number;
  feed(bytes: Uint8Array): void;
  /** The stream has ended: what is left becomes the last segment. Twice is no harm. */
  finish(): void;
}

/**
 * The first ones are shorter, so that sound begins early; then fewer requests matter more. Below two seconds
 * (32 KB, what ffmpeg reads ahead) ffmpeg takes the second segment's time for the first one's.
 */
const firstSegments = 2;
const firstSeconds = 2;
const restSeconds = 3;
/** No segment is longer: what a playlist promises (RFC 8216, section 4.3.3.1). */
export const targetSeconds = 4;

export function createSegmentIndex(): SegmentIndex {
  const scanner = createFrameScanner();
  const segments: Segment[] = [];
  let from: number | undefined;
  let to = 0;
  let startSeconds = 0;
  let seconds = 0;
  let isFinished = false;

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
    feed(bytes) {
      for (const frame of scanner.feed(bytes)) {
        if (frame.isInfo && segments.length === 0 && seconds === 0) continue;
        from ??= frame.position;
        to = frame.position + frame.bytes;
        seconds += frame.samples / frame.sampleRate;
        if (seconds >= (segments.length < firstSegments ? firstSeconds : restSeconds)) cut();
      }
    },
    finish() {
      if (isFinished) return;
      isFinished = true;
      cut();
    },
  };
}
