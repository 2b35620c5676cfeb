// Serves an MP3 stream with HLS (RFC 8216). The playlist contains packed-audio segments, which are byte ranges of the
// stream. If the length is planned, the playlist has an end, and lists all segments, including those that are not
// generated yet. Without an end, the playlist would count as live, and most players start a live playlist at its newest
// segments. The segment in progress is sent while it is generated.
import { LRUCache } from "lru-cache";
import { AppError, notFound } from "../../errors.ts";
import { nextTurn } from "../../process/next-turn.ts";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { listenerBody } from "../relay/listener-body.ts";
import { createFrameScanner } from "./mp3-frames.ts";
import {
  createSegmentIndex,
  type Segment,
  type SegmentIndex,
  secondsWanted,
  targetSeconds,
} from "./segment-index.ts";
import type { Streams } from "../streams.ts";

export interface Hls {
  /**
   * Waits up to 15 seconds for the first audio. `segmentUri` returns the URI of the segment with this number, from 0.
   * Errors: NOT_FOUND, GONE, UNSUPPORTED_MEDIA_TYPE (the audio is not MP3), UNAVAILABLE (no audio was generated in
   * time, or the process shuts down).
   */
  playlist(
    key: StreamKey,
    plannedBytes: number | undefined,
    segmentUri: (number: number) => string,
  ): Promise<Playlist>;
  /**
   * Returns a segment with its timestamp. The segment in progress and the next segment are streamed. Errors: GONE and
   * UNSUPPORTED_MEDIA_TYPE as in `playlist`; NOT_FOUND if the stream is missing or has ended before this segment;
   * UNAVAILABLE if this segment can't be streamed yet.
   */
  segment(key: StreamKey, number: number, request: Request): Promise<SegmentAnswer>;
}

interface Playlist {
  readonly text: string;
  /** Whether all segments of the stream are complete. */
  readonly isEnded: boolean;
}

interface SegmentAnswer {
  /** The bytes of a complete segment; a stream if the segment is still being generated. */
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
  /** The ETag of a complete segment; undefined if the segment is still being generated. */
  readonly etag: string | undefined;
}

const indexesKept = 512;
const pageBytes = 256 * 1024;
const firstSegmentWaitMs = 15_000;

const growingBurstBytes = 64 * 1024;

interface Indexed {
  readonly streamId: string;
  readonly index: SegmentIndex;
  readonly isEnded: boolean;
}

export function createHls({ streams }: { readonly streams: Streams }): Hls {
  /**
   * The segment indexes by stream id. The existing segments of a stream never change, and new segments are only
   * appended.
   */
  const indexes = new LRUCache<
    string,
    { readonly index: SegmentIndex; reading: Promise<Indexed> | undefined }
  >({
    max: indexesKept,
  });

  const entryOf = (streamId: string) => {
    const entry = indexes.get(streamId) ?? { index: createSegmentIndex(), reading: undefined };
    indexes.set(streamId, entry);
    return entry;
  };

  /** Extends the index to the current end of the stream. Concurrent callers share one read. */
  const indexOf = async (key: StreamKey): Promise<Indexed> => {
    const state = await streams.head(key);
    if (state === undefined) throw notFound("audio");
    if (!/^audio\/(mpeg|mp3)\b/i.test(state.contentType)) {
      throw new AppError("UNSUPPORTED_MEDIA_TYPE", "HLS is available for MP3 audio only.");
    }
    const entry = entryOf(state.id);
    entry.reading ??= readOn(key, state.id, entry.index).finally(() => {
      entry.reading = undefined;
    });
    return entry.reading;
  };

  const readOn = async (key: StreamKey, streamId: string, index: SegmentIndex): Promise<Indexed> => {
    for (;;) {
      const read = await streams.read(key, index.position, pageBytes);
      if (read === undefined || read.state.id !== streamId) throw notFound("audio");
      for (const chunk of read.chunks) index.feed(chunk);
      if (read.next < read.state.tail) {
        await nextTurn();
        continue;
      }
      if (read.state.closed) index.finish();
      return { streamId, index, isEnded: read.state.closed };
    }
  };

  /**
   * Waits for the first segment, or for the end of the stream. If the length is planned, waits only for the first
   * frame, from which all segments can be planned.
   */
  const begunIndexOf = async (key: StreamKey, plannedBytes: number | undefined): Promise<Indexed> => {
    const until = performance.now() + firstSegmentWaitMs;
    for (;;) {
      const indexed = await indexOf(key);
      const { index, isEnded } = indexed;
      if (isEnded || index.segments.length > 0) return indexed;
      if (plannedBytes !== undefined && index.growing !== undefined) return indexed;
      const follower = await streams.follow(key, indexed.index.position);
      if (follower === undefined) throw notFound("audio");
      const stay = streams.whenClosing(() => follower.leave());
      const heard = await follower.next(1, until - performance.now());
      stay();
      follower.leave();
      if (heard.kind === "quiet" || heard.kind === "gone") {
        throw new AppError("UNAVAILABLE", "No audio has been generated yet.", { retryAfterSeconds: 1 });
      }
    }
  };

  const whole = async (key: StreamKey, { from, to, startSeconds }: Segment): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [timestampTag(startSeconds)];
    for (let at = from; at < to;) {
      const read = await streams.read(key, at, to - at);
      if (read === undefined || read.chunks.length === 0) throw notFound("segment");
      for (const chunk of read.chunks) {
        parts.push(chunk.subarray(0, to - at));
        at += chunk.byteLength;
      }
    }
    return Buffer.concat(parts);
  };

  /**
   * Streams the segment in progress. The response ends after the frame with which the segment reaches its minimum
   * duration, or at the end of the stream. Players also request the next segment early: with `isNext`, this function
   * streams the segment after the one in progress. The tag with the timestamp of the segment is sent at once, so that
   * the player does not wait for the first bytes.
   */
  const growing = async (
    key: StreamKey,
    number: number,
    { from, startSeconds, isNext }: { from: number; startSeconds: number; isNext: boolean },
    request: Request,
  ): Promise<ReadableStream<Uint8Array>> => {
    const follower = await streams.follow(key, from);
    const state = follower?.state();
    if (follower === undefined || state === undefined) throw notFound("segment");
    const scanner = createFrameScanner();
    let at = isNext ? number - 1 : number;
    let seconds = 0;
    let isOver = false;
    let hasBegun = false;

    /** Returns the part of `bytes` that belongs to the segment. `start` is the position of `bytes[0]` in the stream. */
    const cut = (bytes: Uint8Array, start: number): Uint8Array => {
      let first = at === number ? 0 : bytes.byteLength;
      for (const frame of scanner.feed(bytes)) {
        seconds += frame.samples / frame.sampleRate;
        if (seconds < secondsWanted(at)) continue;
        const end = frame.position + frame.bytes - start;
        isOver = at === number;
        if (isOver) return bytes.subarray(first, end);
        at++;
        seconds = 0;
        first = end;
      }
      return bytes.subarray(first);
    };

    return listenerBody(streams, {
      follower,
      first: { kind: "quiet", state },
      burstBytes: growingBurstBytes,
      quietMs: 60_000,
      lifeMs: Infinity,
      encode(heard) {
        if (heard.kind === "quiet") {
          const head = hasBegun ? undefined : timestampTag(startSeconds);
          hasBegun = true;
          return head;
        }
        const isEnd = heard.state.closed && (heard.kind === "end" || heard.isUpToDate);
        const bytes =
          heard.kind === "end" ? undefined : cut(Buffer.concat(heard.span.chunks), scanner.position);
        isOver ||= isEnd && at === number && seconds > 0;
        return bytes;
      },
      isOver: () => isOver,
      isBrokenOffUnlessWhole: true,
      request,
    });
  };

  return {
    async playlist(key, plannedBytes, segmentUri) {
      const { index, isEnded } = await begunIndexOf(key, plannedBytes);
      const planned = isEnded || plannedBytes === undefined ? undefined : index.plan(plannedBytes);
      const lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        `#EXT-X-TARGETDURATION:${targetSeconds}`,
        `#EXT-X-PLAYLIST-TYPE:${plannedBytes === undefined ? "EVENT" : "VOD"}`,
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        // Players should start at the beginning, even if the playlist is live.
        "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES",
      ];
      const all = planned ?? index.segments.map(({ seconds }) => seconds);
      for (const [number, seconds] of all.entries()) {
        lines.push(`#EXTINF:${seconds.toFixed(5)},`, segmentUri(number));
      }
      if (isEnded || planned) lines.push("#EXT-X-ENDLIST");
      return { text: `${lines.join("\n")}\n`, isEnded };
    },
    async segment(key, number, request) {
      const { streamId, index, isEnded } = await indexOf(key);
      const segment = index.segments[number];
      if (segment !== undefined) {
        return { body: await whole(key, segment), etag: `"${streamId}:${number}"` };
      }
      if (isEnded) throw notFound("segment");
      const isNext = number === index.segments.length + 1;
      const now = index.growing;
      const startSeconds = isNext ? now?.endSeconds : now?.startSeconds;
      if (number > index.segments.length + 1 || now === undefined || startSeconds === undefined) {
        throw new AppError("UNAVAILABLE", "This part has not been generated yet.", { retryAfterSeconds: 1 });
      }
      const body = await growing(key, number, { from: now.from, startSeconds, isNext }, request);
      return { body, etag: undefined };
    },
  };
}

const owner = "com.apple.streaming.transportStreamTimestamp\0";

/**
 * Returns an ID3 tag whose PRIV frame contains the timestamp of a packed-audio segment: 33 bits at 90 kHz (RFC 8216,
 * section 3.4).
 */
function timestampTag(seconds: number): Uint8Array {
  const contentBytes = owner.length + 8;
  const tag = new Uint8Array(20 + contentBytes);
  const view = new DataView(tag.buffer);
  const write = (at: number, text: string): void => {
    for (let i = 0; i < text.length; i++) tag[at + i] = text.charCodeAt(i);
  };
  write(0, "ID3");
  tag[3] = 4;
  // All sizes are below 128. For such sizes, the 7-bit encoding of the tag equals plain bytes.
  tag[9] = 10 + contentBytes;
  write(10, "PRIV");
  tag[17] = contentBytes;
  write(20, owner);
  view.setBigUint64(20 + owner.length, BigInt(Math.round(seconds * 90_000)) & 0x1_ffff_ffffn);
  return tag;
}
