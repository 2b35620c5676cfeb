// Runs the composer's thread, which renders several pieces in turns of a fraction of a second, so that no
// piece waits for long.

import { parentPort } from "node:worker_threads";
import { isAppError } from "../errors.ts";
import type { ComposedChunk } from "./chunk.ts";
import { loadLame } from "./mp3/encoder.ts";
import { parsePrompt } from "./prompt/parse-prompt.ts";
import { type Rendering, type Studio, startRendering } from "./render.ts";
import { loadBank } from "./sound/bank.ts";
import type { MusicSpec } from "./spec.ts";
import { createTurns, type TurnTaker } from "./take-turns.ts";
import type { FromThread, ThreadFailure, ToThread } from "./thread-messages.ts";

/** A piece with this many unread chunks gets no turn until a chunk is read. */
const unreadMax = 8;

type OpenMessage = Extract<ToThread, { readonly type: "open" }>;

interface Job extends TurnTaker {
  readonly id: number;
  readonly spec: MusicSpec;
  rendering: Rendering | undefined;
  unread: number;
}

/**
 * Returns a function that handles a message from the other thread, which uses the composer. The other thread must wait
 * for the answer `ready` before it starts a piece. A piece that is started before this answer can fail. `post` sends a
 * message to the other thread and transfers the given buffers.
 */
export const serveComposer = (post: (message: FromThread, moved: ArrayBuffer[]) => void) => {
  const jobs = new Map<number, Job>();
  const takeTurns = createTurns<Job>();
  let studio: Studio | undefined;
  let isWorking = false;

  const open = async ({ soundBank, lame, warmsUp }: OpenMessage): Promise<void> => {
    try {
      const [bank, module] = await Promise.all([
        loadBank(soundBank === undefined ? undefined : new URL(soundBank)),
        loadLame(lame === undefined ? undefined : new URL(lame)),
      ]);
      studio = { bank, lame: module };
      if (warmsUp) await warmUp(studio);
      post({ type: "ready" }, []);
    } catch (err) {
      post({ type: "unusable", failure: failureOf(err) }, []);
    }
  };

  const work = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    const nextJob = () => takeTurns([...jobs.values()].filter(({ unread }) => unread < unreadMax));
    for (let job = nextJob(); job !== undefined; job = nextJob()) {
      try {
        await takeTurn(job);
      } catch (err) {
        jobs.delete(job.id);
        job.rendering?.close();
        post({ type: "failed", id: job.id, failure: failureOf(err) }, []);
      }
      // The pause lets the thread handle messages, such as a new piece or a cancellation.
      await new Promise((resolve) => setImmediate(resolve));
    }
    isWorking = false;
  };

  const takeTurn = async (job: Job): Promise<void> => {
    if (studio === undefined) throw new Error("The studio isn't open.");
    job.rendering ??= await startRendering(job.spec, studio);
    // If the job is missing, the piece was cancelled while its instruments were loaded.
    if (!jobs.has(job.id)) return job.rendering.close();
    const chunk = job.rendering.step();
    if (chunk !== undefined) {
      job.unread++;
      job.madeMs = chunk.startMs + chunk.durationMs;
      post({ type: "chunk", id: job.id, chunk }, buffersOf(chunk));
    }
    if (job.rendering.isDone) {
      jobs.delete(job.id);
      post({ type: "end", id: job.id }, []);
    }
  };

  return async (message: ToThread): Promise<void> => {
    switch (message.type) {
      case "open":
        return open(message);
      case "start":
        jobs.set(message.id, {
          id: message.id,
          spec: message.spec,
          businessId: message.businessId,
          owner: message.owner,
          rendering: undefined,
          unread: 0,
          madeMs: 0,
          lastTurn: 0,
        });
        break;
      case "read": {
        const job = jobs.get(message.id);
        if (job !== undefined) job.unread--;
        break;
      }
      case "abort":
        jobs.get(message.id)?.rendering?.close();
        jobs.delete(message.id);
        break;
    }
    return work();
  };
};

/**
 * Renders some seconds of music before the first piece, so that no listener waits while the
 * JavaScript engine compiles the code.
 */
const warmUp = async (studio: Studio): Promise<void> => {
  for (const prompt of ["house", "lofi with strings and rain"]) {
    const spec = parsePrompt({ prompt, seed: 1, durationSeconds: 10 });
    const rendering = await startRendering(
      { ...spec, form: { ...spec.form, introBars: 0, sectionBars: 2 } },
      studio,
    );
    for (let chunks = 0; chunks < 2;) if (rendering.step() !== undefined) chunks++;
    rendering.close();
  }
};

const buffersOf = ({ bytes, peaks }: ComposedChunk): ArrayBuffer[] =>
  [bytes.buffer, peaks.buffer].filter((buffer) => buffer instanceof ArrayBuffer);

const failureOf = (err: unknown): ThreadFailure => {
  if (isAppError(err)) return { code: err.code, message: err.publicMessage, hint: err.hint };
  console.error(err);
  return {
    code: "GENERATION_FAILED",
    message: "The composer failed on this piece.",
    hint: "Try again with another seed.",
  };
};

if (parentPort !== null) {
  const port = parentPort;
  const receive = serveComposer((message, moved) => port.postMessage(message, moved));
  port.on("message", (message: ToThread) => void receive(message));
}
