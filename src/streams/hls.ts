// HLS over the chunks of an MP3 stream (RFC 8216): an EVENT playlist that grows, and packed-audio segments cut from the same bytes.
import { AppError, notFound } from "../errors.ts";
import type { StreamKey } from "../ports/chunk-store/chunk-store.ts";
import { createSegmentIndex, type SegmentIndex, targetSeconds } from "./segment-index.ts";
import type { Streams } from "./streams.ts";

export interface Hls {
  /**
   * The playlist as of now; waits for its first segment. `segmentUri` names one by its number.
   * Errors: NOT_FOUND, GONE, UNSUPPORTED_MEDIA_TYPE for what is not MP3, UNAVAILABLE when the wait was in vain.
   */
  playlist(key: StreamKey, segmentUri: (number: number) => string): Promise<Playlist>;
  /** A segment with its timestamp. Not there (yet): NOT_FOUND. */
  segment(key: StreamKey, number: number): Promise<Uint8Array>;
}

export interface Playlist {
  readonly text: string;
  /** Nothing will be added. */
  readonly isEnded: boolean;
}

const indexesKept = 512;
const pageBytes = 256 * 1024;
const firstSegmentWaitMs = 15_000;

interface Indexed {
  readonly index: SegmentIndex;
  readonly isEnded: boolean;
}

export function createHls({ streams }: { readonly streams: Streams }): Hls {
  /** By stream id, least recently used first: a stream's cuts never change, they only go on. */
  const indexes = new Map<string, { readonly index: SegmentIndex; reading: Promise<Indexed> | undefined }>();

  const entryOf = (streamId: string) => {
    const entry = indexes.get(streamId) ?? { index: createSegmentIndex(), reading: undefined };
    indexes.delete(streamId);
    indexes.set(streamId, entry);
    for (const id of indexes.keys()) {
      if (indexes.size <= indexesKept) break;
      indexes.delete(id);
    }
    return entry;
  };

  /** Brought up to what the stream has now; one reading at a time for all who ask. */
  const indexOf = async (key: StreamKey): Promise<Indexed> => {
    const state = await streams.head(key);
    if (state === undefined) throw notFound("audio");
    if (!/^audio\/(mpeg|mp3)\b/i.test(state.contentType)) {
      throw new AppError("UNSUPPORTED_MEDIA_TYPE", "HLS is made of MP3 audio alone.");
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
      if (read.next < read.state.tail) continue;
      if (read.state.closed) index.finish();
      return { index, isEnded: read.state.closed };
    }
  };

  /** Until there is a segment, or never will be. */
  const begunIndexOf = async (key: StreamKey): Promise<Indexed> => {
    const until = performance.now() + firstSegmentWaitMs;
    for (;;) {
      const indexed = await indexOf(key);
      if (indexed.isEnded || indexed.index.segments.length > 0) return indexed;
      const follower = await streams.follow(key, indexed.index.position);
      if (follower === undefined) throw notFound("audio");
      const stay = streams.whenClosing(() => follower.leave());
      const heard = await follower.next(1, until - performance.now());
      stay();
      follower.leave();
      if (heard.kind === "quiet" || heard.kind === "gone") {
        throw new AppError("UNAVAILABLE", "There is no sound yet.", { retryAfterSeconds: 1 });
      }
    }
  };

  return {
    async playlist(key, segmentUri) {
      const { index, isEnded } = await begunIndexOf(key);
      const lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        `#EXT-X-TARGETDURATION:${targetSeconds}`,
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        // Music begins at its beginning, live or not.
        "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES",
      ];
      index.segments.forEach(({ seconds }, number) => {
        lines.push(`#EXTINF:${seconds.toFixed(5)},`, segmentUri(number));
      });
      if (isEnded) lines.push("#EXT-X-ENDLIST");
      return { text: `${lines.join("\n")}\n`, isEnded };
    },
    async segment(key, number) {
      const { index } = await indexOf(key);
      const segment = index.segments[number];
      if (segment === undefined) throw notFound("segment");
      const parts: Uint8Array[] = [timestampTag(segment.startSeconds)];
      for (let at = segment.from; at < segment.to;) {
        const read = await streams.read(key, at, segment.to - at);
        if (read === undefined || read.chunks.length === 0) throw notFound("segment");
        for (const chunk of read.chunks) {
          parts.push(chunk.subarray(0, segment.to - at));
          at += chunk.byteLength;
        }
      }
      return Buffer.concat(parts);
    },
  };
}

const owner = "com.apple.streaming.transportStreamTimestamp\0";

/** The ID3 PRIV frame that says when a packed-audio segment begins: 33 bits at 90 kHz (RFC 8216, section 3.4). */
function timestampTag(seconds: number): Uint8Array {
  const contentBytes = owner.length + 8;
  const tag = new Uint8Array(20 + contentBytes);
  const view = new DataView(tag.buffer);
  const write = (at: number, text: string): void => {
    for (let i = 0; i < text.length; i++) tag[at + i] = text.charCodeAt(i);
  };
  write(0, "ID3");
  tag[3] = 4;
  // Sizes are below 128, where the tag's 7-bit numbers look like plain ones.
  tag[9] = 10 + contentBytes;
  write(10, "PRIV");
  tag[17] = contentBytes;
  write(20, owner);
  view.setBigUint64(20 + owner.length, BigInt(Math.round(seconds * 90_000)) & 0x1_ffff_ffffn);
  return tag;
}
