// Runs the worker threads that make and verify the files of the music library. Each task is passed
// to the least busy thread. During its work, the thread sends questions to this file, for example
// for the next bytes of a sound, and this file answers them.
import { Worker } from "node:worker_threads";
import { AppError } from "../../../errors.ts";
import type { RecipeSounds } from "../formats/file-recipe.ts";
import type { FindPublicKey } from "../formats/signature/signature.ts";
import { errorOf, failureOf } from "./thread-failure.ts";
import type { FromLibraryThread, ThreadQuestion, ThreadTask, ToLibraryThread } from "./thread-messages.ts";

interface TaskOwner extends Partial<RecipeSounds> {
  readonly findKey?: FindPublicKey;
  /** Receives the bytes that the task has made. Resolves when the task should make more. */
  put?(bytes: Uint8Array): Promise<void>;
}

export interface LibraryThreads {
  /**
   * Resolves or rejects when the task has stopped. An aborted task stops at its next question to
   * the owner. If a thread fails, all tasks of this thread reject with the thread's error. After
   * `close`, all tasks reject with UNAVAILABLE.
   */
  run(work: ThreadTask, owner: TaskOwner, signal: AbortSignal): Promise<unknown>;
  /** Terminates the threads without waiting for their tasks. */
  close(): Promise<void>;
}

export interface LibraryThreadsOptions {
  readonly threadsMax?: number;
  /** The program of the threads. Tests replace it with a program that fails. */
  readonly program?: URL;
}

const bytesAtOnce = 64 * 1024;

/**
 * A task goes to an idle thread. If no thread is idle, a new thread is started, up to `threadsMax` threads. After that,
 * a task goes to the thread with the fewest tasks. Idle threads don't keep the process alive.
 */
export function createLibraryThreads({
  threadsMax = 2,
  program = new URL("./library-thread.ts", import.meta.url),
}: LibraryThreadsOptions = {}): LibraryThreads {
  const threads = new Set<Thread>();
  let isClosed = false;

  const leastBusy = (): Thread => {
    const [best] = [...threads].sort((one, other) => one.busy - other.busy);
    if (best !== undefined && (best.busy === 0 || threads.size >= threadsMax)) return best;
    const thread = startThread(program, () => threads.delete(thread));
    threads.add(thread);
    return thread;
  };

  return {
    async run(work, owner, signal) {
      if (isClosed) throw stopping();
      return leastBusy().run(work, owner, signal);
    },
    async close() {
      isClosed = true;
      await Promise.all([...threads].map((thread) => thread.close()));
    },
  };
}

interface Running {
  readonly owner: TaskOwner;
  readonly signal: AbortSignal;
  readonly readers: Map<number, AsyncIterator<Uint8Array>>;
  readonly end: PromiseWithResolvers<unknown>;
}

interface Thread extends LibraryThreads {
  readonly busy: number;
}

function startThread(program: URL, onEnd: () => void): Thread {
  const worker = new Worker(program);
  const running = new Map<number, Running>();
  let tasks = 0;
  const send = (message: ToLibraryThread, moved: ArrayBuffer[] = []): void =>
    worker.postMessage(message, moved);

  const end = (task: number, settle: (end: PromiseWithResolvers<unknown>) => void): void => {
    const one = running.get(task);
    if (one === undefined) return;
    running.delete(task);
    if (running.size === 0) worker.unref();
    for (const reader of one.readers.values()) void reader.return?.().catch(() => undefined);
    settle(one.end);
  };
  const breakDown = (err: unknown): void => {
    onEnd();
    for (const task of [...running.keys()]) end(task, ({ reject }) => reject(err));
  };

  const answer = async (task: number, question: number, asked: ThreadQuestion): Promise<void> => {
    const one = running.get(task);
    if (one === undefined) return;
    try {
      const value = await answerOf(one, asked);
      send(
        { type: "answer", task, question, value },
        value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [],
      );
    } catch (err) {
      send({ type: "refusal", task, question, failure: failureOf(err) });
    }
  };

  worker.on("message", (message: FromLibraryThread) => {
    switch (message.type) {
      case "question":
        return void answer(message.task, message.question, message.asked);
      case "left": {
        const readers = running.get(message.task)?.readers;
        const reader = readers?.get(message.reader);
        readers?.delete(message.reader);
        return void reader?.return?.().catch(() => undefined);
      }
      case "done":
        return end(message.task, ({ resolve }) => resolve(message.value));
      case "failed":
        return end(message.task, ({ reject }) => reject(errorOf(message.failure)));
    }
  });
  worker.on("error", breakDown);
  worker.on("exit", () => breakDown(stopping()));
  worker.unref();

  return {
    get busy() {
      return running.size;
    },
    run(work, owner, signal) {
      const task = ++tasks;
      const end = Promise.withResolvers<unknown>();
      running.set(task, { owner, signal, readers: new Map(), end });
      worker.ref();
      send({ type: "start", task, work });
      return end.promise;
    },
    async close() {
      await worker.terminate();
    },
  };
}

async function answerOf({ owner, signal, readers }: Running, asked: ThreadQuestion): Promise<unknown> {
  if (signal.aborted) throw gone();
  switch (asked.ask) {
    case "bytes": {
      const reader =
        readers.get(asked.reader) ?? owner.read?.(asked.sound, asked.start)[Symbol.asyncIterator]();
      if (reader === undefined) return undefined;
      readers.set(asked.reader, reader);
      return unlessAborted(nextBytes(reader), signal);
    }
    case "put":
      return unlessAborted(owner.put?.(asked.bytes) ?? Promise.resolve(), signal);
    case "signature":
      return owner.sign?.(asked.sound, asked.sha256);
    case "publicKey":
      return owner.findKey?.(asked.keyId);
  }
}

/**
 * Returns a copy of the next bytes of the sound: `bytesAtOnce` bytes or slightly more. At the end of the sound, there
 * can be fewer bytes. After the end, returns undefined. The bytes are copied, because the buffer is transferred to the
 * other thread.
 */
async function nextBytes(reader: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  for (let bytes = 0; bytes < bytesAtOnce;) {
    const next = await reader.next();
    if (next.done) break;
    parts.push(next.value);
    bytes += next.value.length;
  }
  return parts.length === 0 ? undefined : new Uint8Array(Buffer.concat(parts));
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(gone());
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
    aborted.promise.catch(() => undefined);
  }
}

const gone = (): AppError => new AppError("UNAVAILABLE", "The request was aborted.");
const stopping = (): AppError =>
  new AppError("UNAVAILABLE", "The work was interrupted.", { hint: "Try again in a moment." });
