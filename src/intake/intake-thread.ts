// Starts and supervises the thread of the audio intake. The thread converts the audio of generators to chunks in
// Rondo's MP3 format. Each source of audio has a session in the thread. When the thread ends, its open sessions fail
// with an error.

import { Worker } from "node:worker_threads";
import { AppError } from "../errors.ts";
import type { IntakeOptions } from "../ports/generator/audio-intake.ts";
import { createChunkQueue } from "../ports/generator/chunk-queue.ts";
import type { GeneratedChunk } from "../ports/generator/generator.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

export interface AudioIntakeSettings {
  /**
   * Makes the thread load its decoders and its encoder at the start, so that the first source doesn't wait for them.
   */
  readonly isWarm?: boolean;
  /** The program of the thread. Tests replace it with a program that fails. */
  readonly thread?: URL;
  /**
   * The time in milliseconds after which a thread that doesn't answer is terminated. Only a thread
   * with open sessions is checked.
   */
  readonly silentMsMax?: number;
}

export interface ThreadSession {
  readonly chunks: AsyncIterable<GeneratedChunk>;
  /** Is aborted when the session needs no more bytes of its source. */
  readonly ended: AbortSignal;
  /** Resolves when `ended` is aborted. */
  readonly whenEnded: Promise<undefined>;
  /**
   * Resolves when the thread has room for more bytes, or when the session has ended. Don't call `room` while an earlier
   * call still waits, because the earlier call would never resolve.
   */
  room(): Promise<void>;
  /**
   * Sends bytes to the thread, without waiting for room. The whole buffer of `bytes` is
   * transferred, so the buffer can't be used afterwards.
   */
  send(bytes: Uint8Array): void;
  endSource(): void;
  /**
   * Ends the source with an error. The bytes that were sent before still become chunks. Then the
   * reader gets `reason`.
   */
  failSource(reason: unknown): void;
}

export interface IntakeThread {
  /**
   * Whether the thread has ended. If true, start another thread, because `open` must not be called any more.
   */
  readonly isBroken: boolean;
  open(options: IntakeOptions, signal: AbortSignal): ThreadSession;
  /**
   * Terminates the thread. Open sessions fail with GENERATION_FAILED. A second call does nothing.
   */
  close(): void;
}

/** A session that has not ended. The functions handle the messages that the thread sends about the session. */
interface Running {
  taken(bytes: number): void;
  add(chunk: GeneratedChunk): void;
  done(): void;
  fail(reason: unknown): void;
}

/**
 * `room` waits as long as the thread has at least this number of unread bytes of the source. The number corresponds to
 * 1.5 s of 16-bit stereo at 44.1 kHz, or to 16 s of MP3 at 128 kbit/s.
 */
const waitingBytesMax = 256 * 1024;
const silentMsDefault = 20_000;
const checksMax = 4;

export function startIntakeThread({
  isWarm,
  thread,
  silentMsMax = silentMsDefault,
}: AudioIntakeSettings): IntakeThread {
  const worker = new Worker(thread ?? new URL("./worker-thread.ts", import.meta.url));
  const running = new Map<number, Running>();
  let isBroken = false;
  let lastId = 0;
  let checking: ReturnType<typeof setInterval> | undefined;
  /**
   * The number of checks that were sent since the last message of the thread. The checks are counted, and not the time
   * since that message: while this process is blocked, time passes, but no check is sent. A time limit could therefore
   * end a thread that works.
   */
  let unanswered = 0;

  const send = (message: ToThread, moved: ArrayBuffer[] = []): void => worker.postMessage(message, moved);

  const breakDown = (reason: AppError): void => {
    if (isBroken) return;
    isBroken = true;
    clearInterval(checking);
    for (const session of [...running.values()]) session.fail(reason);
    void worker.terminate();
  };

  const check = (): void => {
    if (unanswered >= checksMax) {
      breakDown(stopped("The thread didn't answer."));
      return;
    }
    unanswered++;
    send({ type: "check" });
  };
  const begin = (): void => {
    if (running.size > 0) return;
    worker.ref();
    unanswered = 0;
    checking = setInterval(check, silentMsMax / checksMax);
    checking.unref();
  };
  const forget = (id: number): void => {
    running.delete(id);
    if (running.size > 0) return;
    clearInterval(checking);
    worker.unref();
  };

  worker.on("message", (message: FromThread) => {
    unanswered = 0;
    if (message.type === "alive") return;
    const session = running.get(message.id);
    if (message.type === "taken") session?.taken(message.bytes);
    else if (message.type === "chunk") session?.add(message.chunk);
    else if (message.type === "done") session?.done();
    else session?.fail(errorOf(message.failure));
  });
  worker.on("error", (err) => breakDown(stopped(err)));
  worker.on("exit", () => breakDown(stopped("The thread ended.")));
  if (isWarm) send({ type: "warm" });
  worker.unref();

  const open = ({ format, durationMs, fade }: IntakeOptions, signal: AbortSignal): ThreadSession => {
    const id = ++lastId;
    const ended = new AbortController();
    const whenEnded = Promise.withResolvers<undefined>();
    let waitingBytes = 0;
    let hasRoom = Promise.withResolvers<void>();
    let sourceFailure: { readonly reason: unknown } | undefined;

    const end = (): void => {
      if (ended.signal.aborted) return;
      ended.abort();
      whenEnded.resolve(undefined);
      hasRoom.resolve();
      signal.removeEventListener("abort", onAbort);
      forget(id);
    };
    const leave = (): void => {
      if (ended.signal.aborted) return;
      send({ type: "leave", id });
      end();
    };
    const onAbort = (): void => {
      leave();
      queue.fail(signal.reason);
    };
    const queue = createChunkQueue({
      onRead: () => {
        if (!ended.signal.aborted) send({ type: "read", id });
      },
      onLeave: leave,
    });
    begin();
    running.set(id, {
      taken: (bytes) => {
        waitingBytes -= bytes;
        if (waitingBytes < waitingBytesMax) hasRoom.resolve();
      },
      add: queue.add,
      done: () => {
        end();
        if (sourceFailure === undefined) queue.end();
        else queue.fail(sourceFailure.reason);
      },
      fail: (reason) => {
        end();
        queue.fail(sourceFailure === undefined ? reason : sourceFailure.reason);
      },
    });
    signal.addEventListener("abort", onAbort, { once: true });
    send({ type: "open", id, format, durationMs, fade });
    const endSource = (isWhole: boolean): void => {
      if (!ended.signal.aborted) send({ type: "end", id, isWhole });
    };
    return {
      chunks: queue.chunks,
      ended: ended.signal,
      whenEnded: whenEnded.promise,
      room: async () => {
        if (waitingBytes < waitingBytesMax || ended.signal.aborted) return;
        hasRoom = Promise.withResolvers();
        await hasRoom.promise;
      },
      send: (bytes) => {
        waitingBytes += bytes.length;
        send({ type: "bytes", id, bytes }, [bytes.buffer as ArrayBuffer]);
      },
      endSource: () => endSource(true),
      failSource: (reason) => {
        sourceFailure = { reason };
        endSource(false);
      },
    };
  };
  return {
    get isBroken() {
      return isBroken;
    },
    open,
    close: () => breakDown(new AppError("GENERATION_FAILED", "The audio intake was shut down.")),
  };
}

const errorOf = ({
  code,
  message,
  hint,
}: Extract<FromThread, { readonly type: "failed" }>["failure"]): AppError =>
  new AppError(code, message, hint === undefined ? {} : { hint });

const stopped = (cause: unknown): AppError =>
  new AppError("GENERATION_FAILED", "The audio intake stopped unexpectedly.", {
    hint: "Start the generation again.",
    cause,
  });
