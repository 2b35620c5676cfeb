// Fills an <audio> element with a piece during its generation, by Media Source Extensions. The server sends a requested
// range while the audio is made. Each request asks only for a small range, because reading stops when enough audio is
// loaded. A large response would then stay open, although nobody reads it.
import { createFrameStart } from "./frame-start.ts";

export interface GrowingSource {
  /**
   * Starts to read the piece at `url`, so that playback begins at `atSeconds`. A second call ends
   * the reading that the first call started. `audio.src` does not change.
   */
  open(url: string, atSeconds: number): void;
  /**
   * Sets the planned number of bytes per second. With this number, `open` and `seek` calculate the byte at which the
   * audio of a certain time begins. By default, the number is 16,000.
   */
  setRate(bytesPerSecond: number): void;
  /**
   * Seeks to a time within the generated part. If the audio at this time is not loaded, it is read
   * from the server.
   */
  seek(seconds: number): void;
  close(): void;
}

export interface GrowingHandlers {
  /**
   * Called with true when the connection has failed twice in a row, and after each further failure. Called with false
   * when the server answers again. The number of retries is not limited.
   */
  onWaitingForNetwork(waiting: boolean): void;
  /**
   * Called when the server has refused the request for good. The loaded audio can still be played.
   */
  onRefusing(status: number): void;
  /**
   * Called after `onRefusing`, as soon as the loaded audio has been played. Also called with the
   * status 0 if the buffer of the browser can't be prepared or ended. A decoding error does not call
   * this function, but causes the event `error` of the element.
   */
  onRefused(status: number): void;
}

/**
 * If memory is full, audio that ended more than this time before the current position is removed. A seek to removed
 * audio loads this audio again.
 */
const KEPT_BEHIND_SECONDS = 15;
const READ_AHEAD_SECONDS = 240;
/**
 * If less loaded audio than this is left to play, the loaded audio counts as played. The limit is not smaller, because
 * the element reports the playback time only about four times a second, and the last report can come early.
 */
const ENDING_SECONDS = 0.5;
/** The number of bytes in a requested range. At 128 kbit/s, these bytes last about half a minute. */
const WINDOW_BYTES = 512 * 1024;
/**
 * The element accepts seeks up to this time, which is longer than any piece. The player itself
 * limits seeks.
 */
const SEEKABLE_SECONDS = 86_400;
const RETRY_MS_MAX = 5000;

type SourceClass = (new () => MediaSource) & { isTypeSupported(type: string): boolean };

/** The class to use, or undefined if only `<audio src>` is possible. iPhones only have ManagedMediaSource. */
export function findSourceClass(): SourceClass | undefined {
  const { ManagedMediaSource, MediaSource } = globalThis as unknown as Record<
    string,
    SourceClass | undefined
  >;
  const found = MediaSource ?? ManagedMediaSource;
  return found?.isTypeSupported("audio/mpeg") ? found : undefined;
}

/** Attaches the source at once, so that the decoder is ready before the first byte arrives. */
export function createGrowingSource(
  audio: HTMLAudioElement,
  Source: SourceClass,
  on: GrowingHandlers,
): GrowingSource {
  const source = new Source();
  const objectUrl = URL.createObjectURL(source);
  audio.disableRemotePlayback = true;
  audio.src = objectUrl;

  const opened = new Promise<SourceBuffer>((resolve) => {
    const begin = () => {
      // Without this range, a seek beyond the buffer would be moved to the end of the buffer.
      source.setLiveSeekableRange?.(0, SEEKABLE_SECONDS);
      resolve(source.addSourceBuffer("audio/mpeg"));
    };
    source.addEventListener("sourceopen", begin, { once: true });
  });
  let reading: AbortController | undefined;
  let url = "";
  let bytesPerSecond = 16_000;

  const request = (from: number, signal: AbortSignal): Promise<Response> =>
    fetch(url, { headers: { range: `bytes=${from}-${from + WINDOW_BYTES - 1}` }, signal });

  /** Reads from a byte to the end of the piece, and places the audio at `atSeconds`. */
  async function read(fromByte: number, atSeconds: number, signal: AbortSignal): Promise<void> {
    // The first request doesn't wait for the buffer.
    let early: Promise<Response> | undefined = request(fromByte, signal);
    early.catch(() => undefined);
    const buffer = await opened;
    await settled(buffer);
    if (signal.aborted) return;
    if (source.readyState === "open") buffer.abort();
    // The buffer is emptied, because parts that were loaded for another position would take memory that is needed now.
    if (buffer.buffered.length) {
      buffer.remove(0, Number.POSITIVE_INFINITY);
      await settled(buffer);
      if (signal.aborted) return;
    }
    buffer.timestampOffset = atSeconds;
    let at = fromByte;
    const align = fromByte ? createFrameStart() : (piece: Uint8Array<ArrayBuffer>) => piece;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const asked = early ?? request(at, signal);
        early = undefined;
        const res = await asked;
        if (res.status === 416) break;
        if (res.status >= 500 || res.status === 429) {
          // The generator is slow or the server is busy. The network works.
          on.onWaitingForNetwork(false);
          await waitForNetwork(Number(res.headers.get("retry-after") ?? 1) * 1000, signal);
          continue;
        }
        if (!res.ok || !res.body) {
          // The loaded audio is played first.
          on.onRefusing(res.status);
          await until(() => bufferedAhead(audio) < ENDING_SECONDS, audio, signal);
          return signal.aborted ? undefined : on.onRefused(res.status);
        }
        const total = Number(res.headers.get("content-range")?.split("/")[1]);
        // A server that ignores Range starts at the first byte.
        if (res.status === 200) at = 0;
        for await (const piece of piecesOf(res.body)) {
          await append(buffer, align(piece), signal);
          at += piece.length;
          if (failures) on.onWaitingForNetwork(false);
          failures = 0;
        }
        if (at >= total || res.status === 200) break;
      } catch {
        // After an error of the decoder, the source accepts no more bytes. The player shows this error.
        if (signal.aborted || audio.error !== null) return;
        failures++;
        // A single failure may have a cause on the server: the piece was stopped, or the process ended. So only the
        // second failure in a row is reported as a fault of the network.
        if (failures > 1) on.onWaitingForNetwork(true);
        await waitForNetwork(Math.min(RETRY_MS_MAX, 200 * 2 ** failures), signal);
      }
    }
    if (signal.aborted) return;
    await settled(buffer);
    if (source.readyState === "open") source.endOfStream();
  }

  async function append(
    buffer: SourceBuffer,
    piece: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<void> {
    await until(() => bufferedAhead(audio) < READ_AHEAD_SECONDS, audio, signal);
    for (;;) {
      await settled(buffer);
      if (signal.aborted) return;
      try {
        buffer.appendBuffer(piece);
        return settled(buffer);
      } catch (err) {
        if (!(err instanceof DOMException) || err.name !== "QuotaExceededError") throw err;
        await makeRoom(buffer, signal);
      }
    }
  }

  async function makeRoom(buffer: SourceBuffer, signal: AbortSignal): Promise<void> {
    const from = buffer.buffered.length ? buffer.buffered.start(0) : 0;
    const to = audio.currentTime - KEPT_BEHIND_SECONDS;
    if (to > from) {
      buffer.remove(from, to);
      return settled(buffer);
    }
    const heard = audio.currentTime;
    await until(() => audio.currentTime !== heard, audio, signal);
  }

  const readFrom = (seconds: number) => {
    reading?.abort();
    reading = new AbortController();
    const { signal } = reading;
    void read(Math.floor(seconds * bytesPerSecond), seconds, signal).catch(() => {
      if (!signal.aborted) on.onRefused(0);
    });
  };

  return {
    open(to, atSeconds) {
      url = to;
      readFrom(atSeconds);
      if (atSeconds > 0) audio.currentTime = atSeconds;
    },
    setRate(rate) {
      bytesPerSecond = rate;
    },
    seek(seconds) {
      if (!isBuffered(audio, seconds)) readFrom(seconds);
      audio.currentTime = seconds;
    },
    close() {
      reading?.abort();
      URL.revokeObjectURL(objectUrl);
    },
  };
}

async function* piecesOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // This has no effect on a body that was read to its end.
    reader.cancel().catch(() => undefined);
  }
}

/** Resolves when the buffer accepts operations again. */
function settled(buffer: SourceBuffer): Promise<void> {
  if (!buffer.updating) return Promise.resolve();
  return new Promise((resolve) => buffer.addEventListener("updateend", () => resolve(), { once: true }));
}

function isBuffered(audio: HTMLAudioElement, seconds: number): boolean {
  const { buffered } = audio;
  for (let i = 0; i < buffered.length; i++)
    if (seconds >= buffered.start(i) && seconds < buffered.end(i) - 0.1) return true;
  return false;
}

function bufferedAhead(audio: HTMLAudioElement): number {
  const { buffered, currentTime } = audio;
  for (let i = 0; i < buffered.length; i++)
    if (currentTime >= buffered.start(i) - 0.1 && currentTime <= buffered.end(i))
      return buffered.end(i) - currentTime;
  return 0;
}

/**
 * Waits until `isTrue` returns true or `signal` is aborted. Calls `isTrue` at once, and then when the playback time
 * changes.
 */
function until(isTrue: () => boolean, audio: HTMLAudioElement, signal: AbortSignal): Promise<void> {
  if (isTrue()) return Promise.resolve();
  return new Promise((resolve) => {
    const ask = () => {
      if (!signal.aborted && !isTrue()) return;
      for (const type of ["timeupdate", "seeked"]) audio.removeEventListener(type, ask);
      resolve();
    };
    for (const type of ["timeupdate", "seeked"]) audio.addEventListener(type, ask);
    signal.addEventListener("abort", ask, { once: true });
  });
}

/** Waits for `ms`. Ends earlier if the browser goes online or `signal` is aborted. */
function waitForNetwork(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener("online", go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    addEventListener("online", go);
    signal.addEventListener("abort", go, { once: true });
  });
}
