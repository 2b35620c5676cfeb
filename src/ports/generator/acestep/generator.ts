// Makes pieces with ACE-Step: starts a task, polls the state of the task until the task ends, and downloads the audio
// file. No audio is available before the whole piece is made.
import { checkRequest } from "../check-request.ts";
import type { FarEnd, GeneratedChunk, GenerationRequest, Generator } from "../generator.ts";
import { FarError } from "../remote/far-error.ts";
import { busyLimitMs, farGeneration } from "../remote/far-generation.ts";
import { createLifetime } from "../remote/lifetime.ts";
import { whileBusy } from "../remote/poll.ts";
import { type PromptPlan, promptPlanOf, revisePromptPlan } from "../remote/prompt-plan.ts";
import { durationOf, openPlan, planNow } from "../remote/wishes.ts";
import type { OpenGeneratorOptions } from "../technology.ts";
import { openServer } from "./open-server.ts";
import type { AceStepPlace } from "./place.ts";
import type { AceStepServer } from "./server.ts";
import { taskOf } from "./task.ts";
import { isAway, untilDone } from "./until-done.ts";

type AceStepOptions = Pick<OpenGeneratorOptions, "intake" | "firstChunkMs" | "stallMs" | "key"> & {
  /** The first pause between two requests for the state, in milliseconds. */
  readonly pollMs?: number;
};

const limits = { secondsMin: 10, secondsMax: 600 };

/**
 * The state of a piece's task on the server. "nowhere": the task was not started. "starting": it is
 * not known whether the task was started. "over": the task has ended, or its state can't be read.
 */
type Course =
  | { readonly at: "nowhere" | "starting" | "over" }
  | { readonly at: "running"; readonly server: AceStepServer; readonly id: string };

export function createAceStep(place: AceStepPlace, options: AceStepOptions): Generator {
  const { intake, key, firstChunkMs, stallMs, pollMs } = options;
  const lifetime = createLifetime();
  /** The ids of tasks that were abandoned and are still running. */
  const left = new Set<string>();
  let running = 0;
  let found: AceStepServer | undefined;
  const serverOf = async (signal: AbortSignal): Promise<AceStepServer> =>
    (found ??= await openServer({ place, key }, signal));

  const make = async function* (
    plan: PromptPlan,
    request: GenerationRequest,
    signal: AbortSignal,
    follow: (course: Course) => void,
  ): AsyncGenerator<GeneratedChunk, void, void> {
    const task = await taskOf(plan, request, place, signal);
    const start = async () => {
      const server = await serverOf(signal);
      follow({ at: "starting" });
      return { server, id: await server.start(task, signal) };
    };
    const { server, id } = await whileBusy(start, { limitMs: busyLimitMs(firstChunkMs) }, signal).catch(
      (err: unknown) => {
        // The error can mean that another kind of server (Python or acestep.cpp) now runs at this address. So the next
        // call of `serverOf` detects the kind again.
        found = undefined;
        if (!(err instanceof FarError && err.isAnswerLost) && !signal.aborted) follow({ at: "nowhere" });
        throw err;
      },
    );
    follow({ at: "running", server, id });
    running++;
    const result = await untilDone(server, id, signal, pollMs)
      .catch((err: unknown) => {
        // If the server can't be reached, the task may still be running.
        if (!signal.aborted && !isAway(err)) follow({ at: "over" });
        throw err;
      })
      .finally(() => running--);
    follow({ at: "over" });
    const { bytes, format } = await server.fetch(result, signal).catch((err: unknown) => {
      throw err instanceof FarError && err.status === 404 ? fileGone(err) : err;
    });
    yield* intake.take(bytes, { format, durationMs: plan.durationSeconds * 1000 }, signal);
  };

  /**
   * Cancels the task on the server. If the server does not cancel the task, `health` reports the
   * server as busy until the task ends.
   */
  const stop = async (course: Course, limit: AbortSignal): Promise<FarEnd> => {
    if (course.at !== "running") return course.at === "starting" ? "left running" : "stopped";
    const { server, id } = course;
    const end = await server.cancel(id, limit).catch((): FarEnd => "left running");
    if (end === "left running") {
      left.add(id);
      void untilDone(server, id, lifetime.signal, pollMs)
        .catch(() => undefined)
        .finally(() => left.delete(id));
    }
    return end;
  };

  return {
    name: "acestep",
    deterministic: false,
    canResume: false,
    durationOf,
    async start(request, outer) {
      const signal = lifetime.signalFor(outer);
      checkRequest(request, limits);
      const plan = planNow(promptPlanOf(request), request);
      let course: Course = { at: "nowhere" };
      const follow = (next: Course): void => {
        course = next;
      };
      return farGeneration({
        plan: openPlan(request, plan),
        request,
        signal,
        firstChunkMs,
        stallMs,
        make: (inner) => make(plan, request, inner, follow),
        stopFar: (limit) => stop(course, limit),
      });
    },
    revise: async (request) => revisePromptPlan(request, "generator"),
    async health(signal) {
      const health = await (await serverOf(signal)).health(signal);
      // ACE-Step's Python server and acestep.cpp make only one piece at a time, and acestep.cpp doesn't report whether
      // it is making one. So the server is reported as busy while a task of this process is running on it.
      const taken = left.size + running;
      return taken === 0 ? health : { ...health, status: "busy", free: 0 };
    },
    close: async () => lifetime.close(),
  };
}

const fileGone = (cause: FarError): FarError =>
  new FarError("GENERATION_FAILED", "The generator no longer has the audio file of this piece.", {
    hint: "Start the piece again.",
    cause,
  });
