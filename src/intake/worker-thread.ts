// Runs the thread of the audio intake, which converts the audio of generators other than the built-in composer. The
// audio of one piece is a source. All sources of a process share this thread and take turns: each turn lasts some
// milliseconds.

import { parentPort } from "node:worker_threads";
import { loadLame } from "../composer/mp3/encoder.ts";
import { isAppError } from "../errors.ts";
import { makeOnce } from "../make-once.ts";
import { nextTurn } from "../process/next-turn.ts";
import { type Session, startSession } from "./session.ts";
import { warmUp } from "./warm-up.ts";
import type { FromThread, ThreadFailure, ToThread } from "./thread-messages.ts";

/**
 * A source gets no turn while the owner has this many unread chunks of the source, or more. The
 * owner is the code that started this thread.
 */
const unreadMax = 8;
/**
 * Each time when the thread has read at least this many further bytes of a source, it sends the owner a message with the
 * number of bytes that it has read. The owner stops sending when 256 KiB are unread (`waitingBytesMax`), and continues after such a message.
 */
const takenBytesMin = 32 * 1024;
/** New sources get their turns first. But one in this many turns goes to a source that already has its first chunk. */
const turnsPerTurnOfOthers = 4;

interface Job {
  readonly id: number;
  readonly session: Session;
  /** The number of chunks that the owner has not read yet. */
  unread: number;
  /** The number of bytes that were read since the last report to the owner. */
  taken: number;
  chunks: number;
  lastTurn: number;
}

/**
 * Returns the function that handles a message of the owner. A message about a source that is done, has failed or is no
 * longer read has no effect. `post` sends a message to the owner, and transfers the buffers in `moved` with this
 * message.
 */
const serveIntake = (post: (message: FromThread, moved: ArrayBuffer[]) => void) => {
  const jobs = new Map<number, Job>();
  const lame = makeOnce(() => loadLame());
  // LAME is loaded before the first session. If the loading fails, each session tries again and reports the failure.
  lame().catch(() => undefined);
  let turn = 0;
  let isWorking = false;
  let current: Job | undefined;

  const open = ({ id, ...options }: Extract<ToThread, { readonly type: "open" }>): void => {
    const session = startSession({
      ...options,
      lame,
      onTaken: (bytes) => {
        job.taken += bytes;
        if (job.taken < takenBytesMin) return;
        post({ type: "taken", id, bytes: job.taken }, []);
        job.taken = 0;
      },
      onChunk: (chunk) => {
        job.unread++;
        job.chunks++;
        post({ type: "chunk", id, chunk }, [chunk.bytes.buffer, chunk.peaks.buffer] as ArrayBuffer[]);
      },
    });
    const job: Job = { id, session, unread: 0, taken: 0, chunks: 0, lastTurn: 0 };
    jobs.set(id, job);
  };

  const close = (job: Job): void => {
    jobs.delete(job.id);
    job.session.close();
  };

  /**
   * Returns the job of the source that gets the next turn, or undefined if no source can continue now. Among the
   * sources without a chunk, only the oldest one gets turns, until it has its first chunk. The sources that have a
   * chunk take turns.
   */
  const nextJob = (): Job | undefined => {
    const ready = [...jobs.values()].filter(({ unread, session }) => unread < unreadMax && session.canStep);
    const first = ready.find(({ chunks }) => chunks === 0);
    const others = ready.filter(({ chunks }) => chunks > 0);
    if (first !== undefined && (others.length === 0 || turn % turnsPerTurnOfOthers !== 0)) return first;
    return others.reduce((next, job) => (job.lastTurn < next.lastTurn ? job : next), others[0]!);
  };

  const takeTurn = async (job: Job): Promise<void> => {
    job.lastTurn = ++turn;
    current = job;
    let outcome: FromThread | undefined;
    try {
      await job.session.step();
      if (job.session.isDone) outcome = { type: "done", id: job.id };
    } catch (err) {
      outcome = { type: "failed", id: job.id, failure: failureOf(err) };
    }
    current = undefined;
    const wasLeft = !jobs.has(job.id);
    if (wasLeft || outcome !== undefined) close(job);
    if (!wasLeft && outcome !== undefined) post(outcome, []);
  };

  const work = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    for (let job = nextJob(); job !== undefined; job = nextJob()) {
      await takeTurn(job);
      // Lets the thread handle messages. A message can contain new bytes, open a new source, or say that the owner no
      // longer reads a source.
      await nextTurn();
    }
    isWorking = false;
  };

  return async (message: ToThread): Promise<void> => {
    switch (message.type) {
      case "check":
        return post({ type: "alive" }, []);
      case "warm":
        return warmUp(lame);
      case "open":
        open(message);
        break;
      case "bytes":
        jobs.get(message.id)?.session.add(message.bytes);
        break;
      case "end":
        jobs.get(message.id)?.session.end(message);
        break;
      case "read": {
        const job = jobs.get(message.id);
        if (job !== undefined) job.unread--;
        break;
      }
      case "leave": {
        const job = jobs.get(message.id);
        jobs.delete(message.id);
        // A session that is working now is closed after its turn.
        if (job !== current) job?.session.close();
        break;
      }
    }
    return work();
  };
};

const failureOf = (err: unknown): ThreadFailure => {
  if (isAppError(err)) {
    if (err.cause !== undefined) console.error(err.cause);
    return { code: err.code, message: err.publicMessage, hint: err.hint };
  }
  console.error(err);
  return { code: "GENERATION_FAILED", message: "The audio intake failed on this source.", hint: undefined };
};

if (parentPort !== null) {
  const port = parentPort;
  const receive = serveIntake((message, moved) => port.postMessage(message, moved));
  port.on("message", (message: ToThread) => void receive(message));
}
