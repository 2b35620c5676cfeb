// Runs one session with Lyria RealTime, from its setup to its close. If the reader is slower than
// the server, the session is paused.
import type { FarError } from "../remote/far-error.ts";
import { farErrorOf } from "../remote/far-errors.ts";
import { bytesPerSecond, parseMessage } from "./messages.ts";
import type { LyriaSetup } from "./setup.ts";

export interface SessionOptions {
  /** The WebSocket URL, which contains the API key. */
  readonly url: string;
  readonly setup: LyriaSetup;
  readonly secrets: readonly string[];
  /** As soon as this number of bytes of audio has arrived, the session is closed. */
  readonly neededBytes: number;
}

export interface LyriaSession {
  /**
   * Returns the next audio. Calls must not overlap. After the end of the session, the calls first return the audio that
   * still waits. Then the result depends on the end:
   * - After a failure, throws FarError.
   * - After an abort, throws the signal's reason.
   * - Otherwise, also after the server has closed the session, returns undefined.
   */
  read(): Promise<Buffer | undefined>;
  close(): void;
}

/**
 * The limits for audio that waits for the reader, in bytes. Above `pauseFrom` the session is
 * paused. Below `playFrom` the session continues. Above `floodFrom` the session is closed without an error.
 */
const pauseFrom = 8 * bytesPerSecond;
const playFrom = 4 * bytesPerSecond;
const floodFrom = 40 * bytesPerSecond;

/**
 * Resolves when the session is set up and plays. Has no time limit of its own. An abort closes the session. Before the
 * session plays, an abort makes this function throw the signal's reason. Later, it makes `read` throw this reason.
 *
 * Throws FarError if the session is closed before it plays. If the error's `isBusy` is true, the call can be repeated.
 * `isBusy` is false if the server refused the key or the setup, or sent a message that can't be read.
 */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<LyriaSession> {
  signal.throwIfAborted();
  const { url, setup, secrets, neededBytes } = options;
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const ready = Promise.withResolvers<void>();
  const waiting: Buffer[] = [];
  let [waitingBytes, receivedBytes] = [0, 0];
  let isPaused = false;
  let isSetUp = false;
  let ending: { readonly error?: unknown } | undefined;
  let wake = Promise.withResolvers<void>();
  const send = (message: unknown): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const control = (playbackControl: "PLAY" | "PAUSE" | "STOP"): void => send({ playbackControl });
  const end = (how: { readonly error?: unknown } = {}): void => {
    ending ??= how;
    ready.reject(how.error ?? closedEarly(1006, "", secrets));
    wake.resolve();
    signal.removeEventListener("abort", onAbort);
    control("STOP");
    hangUp(socket);
  };
  const onAbort = (): void => end({ error: signal.reason });
  const take = (part: Buffer): void => {
    waiting.push(part);
    waitingBytes += part.length;
    receivedBytes += part.length;
    wake.resolve();
    if (receivedBytes >= neededBytes || waitingBytes > floodFrom) {
      end();
    } else if (waitingBytes > pauseFrom && !isPaused) {
      isPaused = true;
      control("PAUSE");
    }
  };
  const receive = (data: string | ArrayBuffer): void => {
    const message = parseMessage(data);
    if (message.kind === "ready") {
      isSetUp = true;
      send({ clientContent: { weightedPrompts: setup.weightedPrompts } });
      send({ musicGenerationConfig: setup.config });
      control("PLAY");
      ready.resolve();
    } else if (message.kind === "filtered" && receivedBytes === 0) {
      end({ error: filtered(message.reason, secrets) });
    } else if (message.kind === "sound") {
      for (const part of message.parts) if (ending === undefined) take(part);
    }
  };
  // This promise is awaited further below. If it is rejected before that, the error must not be reported as unhandled.
  ready.promise.catch(() => undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  socket.onopen = () => send({ setup: { model: setup.model } });
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (ending !== undefined) return;
    try {
      receive(data);
    } catch (error) {
      end({ error });
    }
  };
  socket.onclose = ({ code, reason }) => end(isSetUp ? {} : { error: closedEarly(code, reason, secrets) });
  await ready.promise;
  return {
    async read() {
      for (;;) {
        const part = waiting.shift();
        if (part !== undefined) {
          waitingBytes -= part.length;
          if (isPaused && waitingBytes < playFrom) {
            isPaused = false;
            control("PLAY");
          }
          return part;
        }
        if (ending?.error !== undefined) throw ending.error;
        if (ending !== undefined) return undefined;
        wake = Promise.withResolvers<void>();
        await wake.promise;
      }
    },
    close: () => end(),
  };
}

/** Closes the connection. If the server doesn't answer the close, the connection is dropped after two seconds. */
function hangUp(socket: WebSocket): void {
  if (socket.readyState === WebSocket.CLOSED) return;
  const timer = setTimeout(() => terminate(socket), 2_000);
  timer.unref();
  socket.addEventListener("close", () => clearTimeout(timer), { once: true });
  socket.close(1000);
}

/** Closes the connection without waiting for the server. The method is Bun's own, and is not in the standard type. */
const terminate = (socket: WebSocket & { readonly terminate?: () => void }): void => socket.terminate?.();

/**
 * The close codes 1007 and 1008 mean that the key or the setup was refused. After any other code, a
 * later attempt can succeed.
 */
function closedEarly(code: number, reason: string, secrets: readonly string[]): FarError {
  const answer = { headers: new Headers(), body: JSON.stringify({ message: reason }), secrets };
  return farErrorOf({ ...answer, status: code === 1007 || code === 1008 ? 403 : 503 });
}

const filtered = (reason: string, secrets: readonly string[]): FarError =>
  farErrorOf({
    status: 422,
    headers: new Headers(),
    body: reason === "" ? "" : JSON.stringify({ message: `The generator can't use this prompt: ${reason}` }),
    secrets,
  });
