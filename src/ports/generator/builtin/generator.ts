// Opens the built-in generator. The sound is made in a separate thread, so that it doesn't block
// the caller's event loop. Prompts are interpreted and plans are revised in the caller's thread.

import { Worker } from "node:worker_threads";
import { plannedBytesOf } from "../../../composer/mp3/frames.ts";
import { findDuration } from "../../../composer/prompt/parse-duration.ts";
import { parsePrompt } from "../../../composer/prompt/parse-prompt.ts";
import {
  durationSecondsMax,
  durationSecondsMin,
  endlessSecondsMax,
  type MusicSpec,
  parseSpec,
  samplesOf,
} from "../../../composer/spec.ts";
import type { FromThread, ThreadFailure, ToThread } from "../../../composer/thread-messages.ts";
import { AppError } from "../../../errors.ts";
import { checkRequest } from "../check-request.ts";
import { type ChunkQueue, createChunkQueue } from "../chunk-queue.ts";
import { describe } from "./describe.ts";
import { revise } from "./revise.ts";
import type { GeneratedChunk, Generation, GenerationRequest, Generator } from "../generator.ts";

export interface BuiltinGeneratorOptions {
  /** The URL of the sound bank's file. Defaults to the sound bank in the composer's folder. */
  readonly soundBank?: URL;
  /** The URL of LAME's WebAssembly file. Defaults to the file in the package of LAME. */
  readonly lame?: URL;
  /** The program of the thread. Tests replace it with a program that fails. */
  readonly thread?: URL;
  /**
   * If false, the thread starts only with the first generation. This is for a process that usually makes no generation
   * and only revises plans. The default is true.
   */
  readonly isWarm?: boolean;
}

/**
 * By default, the thread starts immediately, so that the first generation doesn't wait for the thread. An idle thread
 * doesn't keep the process alive. If the thread crashes, all running generations fail with GENERATION_FAILED, and the
 * next `start` opens a new thread. `close` makes all running generations fail with the same code. After that, `start`
 * throws UNAVAILABLE.
 */
export const createBuiltinGenerator = (options: BuiltinGeneratorOptions = {}): Generator => {
  let thread: ComposerThread | undefined;
  let isClosed = false;
  let lastId = 0;
  const openThread = ({ warmsUp = false } = {}): ComposerThread => {
    if (isClosed) throw new AppError("UNAVAILABLE", "The generator is shutting down.");
    if (thread === undefined || thread.isBroken) thread = startThread(options, warmsUp);
    return thread;
  };
  if (options.isWarm ?? true) openThread({ warmsUp: true });
  return {
    name: "builtin",
    deterministic: true,
    canResume: false,
    makesEndless: true,
    durationOf: (prompt) => {
      const seconds = findDuration(prompt);
      return seconds === undefined ? undefined : Math.round(seconds);
    },
    start: async (request, signal) => {
      const spec = specOf(request);
      const { businessId, owner } = request;
      signal.throwIfAborted();
      const current = openThread();
      await current.ready;
      signal.throwIfAborted();
      lastId++;
      const description = describe(request);
      return {
        plan: { ...planOf(spec), ...(description === undefined ? {} : { description }) },
        chunks: current.start({ id: lastId, spec, businessId, owner }, signal),
      };
    },
    describe,
    revise: async (request) => revise(request),
    close: async () => {
      isClosed = true;
      thread?.close();
    },
  };
};

const specOf = ({ prompt, seed, durationSeconds, spec, options }: GenerationRequest): MusicSpec => {
  if (spec !== undefined) return parseSpec(spec);
  const isEndless = options?.endless === true;
  checkRequest(
    { prompt, seed, durationSeconds },
    { secondsMin: durationSecondsMin, secondsMax: isEndless ? endlessSecondsMax : durationSecondsMax },
  );
  return parsePrompt({ prompt, seed, durationSeconds, options });
};

const planOf = (spec: MusicSpec): Generation["plan"] => ({
  title: spec.title,
  contentType: "audio/mpeg",
  durationMs: Math.round((spec.endlessSeconds ?? spec.durationSeconds) * 1000),
  plannedBytes: spec.endlessSeconds === undefined ? plannedBytesOf(samplesOf(spec)) : undefined,
  ...(spec.endlessSeconds === undefined ? {} : { isEndless: true }),
  spec,
});

type StartMessage = Extract<ToThread, { readonly type: "start" }>;

interface ComposerThread {
  /** Rejects if the instruments or the encoder can't be loaded, or if the thread ends before they are loaded. */
  readonly ready: Promise<void>;
  readonly isBroken: boolean;
  start(piece: Omit<StartMessage, "type">, signal: AbortSignal): AsyncIterable<GeneratedChunk>;
  close(): void;
}

const startThread = (
  { soundBank, lame, thread }: BuiltinGeneratorOptions,
  warmsUp: boolean,
): ComposerThread => {
  const worker = new Worker(thread ?? new URL("../../../composer/worker-thread.ts", import.meta.url));
  const running = new Map<number, ChunkQueue>();
  const ready = Promise.withResolvers<void>();
  // `start` of the generator awaits this promise later. Until then, a rejection must not be reported as unhandled.
  ready.promise.catch(() => undefined);
  let isBroken = false;
  const send = (message: ToThread): void => worker.postMessage(message);
  const forget = (id: number): void => {
    running.delete(id);
    if (running.size === 0) worker.unref();
  };
  const breakDown = (reason: AppError): void => {
    if (isBroken) return;
    isBroken = true;
    ready.reject(reason);
    for (const queue of running.values()) queue.fail(reason);
    running.clear();
    void worker.terminate();
  };
  const receive = (message: FromThread): void => {
    switch (message.type) {
      case "ready":
        ready.resolve();
        break;
      case "unusable":
        breakDown(errorOf(message.failure));
        break;
      case "chunk":
        running.get(message.id)?.add(message.chunk);
        break;
      case "end":
        running.get(message.id)?.end();
        forget(message.id);
        break;
      case "failed":
        running.get(message.id)?.fail(errorOf(message.failure));
        forget(message.id);
        break;
    }
  };
  worker.on("message", receive);
  worker.on("error", (err) => breakDown(crashed(err)));
  worker.on("exit", () => breakDown(crashed("The thread ended.")));
  send({ type: "open", soundBank: soundBank?.href, lame: lame?.href, warmsUp });
  worker.unref();
  return {
    ready: ready.promise,
    get isBroken() {
      return isBroken;
    },
    start: (piece, signal) => {
      const { id } = piece;
      if (isBroken) throw crashed("The thread ended.");
      worker.ref();
      const onAbort = (): void => {
        send({ type: "abort", id });
        running.get(id)?.fail(signal.reason);
        forget(id);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      const queue = createChunkQueue({
        onRead: () => {
          if (running.has(id)) send({ type: "read", id });
        },
        onLeave: () => {
          signal.removeEventListener("abort", onAbort);
          if (!running.has(id)) return;
          send({ type: "abort", id });
          forget(id);
        },
      });
      running.set(id, queue);
      send({ type: "start", ...piece });
      return queue.chunks;
    },
    close: () => breakDown(new AppError("GENERATION_FAILED", "The generator was shut down.")),
  };
};

const errorOf = ({ code, message, hint }: ThreadFailure): AppError =>
  new AppError(code, message, hint === undefined ? {} : { hint });

const crashed = (cause: unknown): AppError =>
  new AppError("GENERATION_FAILED", "The composer stopped unexpectedly.", {
    hint: "Start the generation again.",
    cause,
  });
