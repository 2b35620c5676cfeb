// Defines the calls to the two supported ACE-Step servers: one is written in Python, the other in C++. The calls start
// a task, request its state, download its result, and cancel the task if the server supports cancelling.
import type { SourceFormat } from "../audio-intake.ts";
import type { FarEnd, GeneratorHealth } from "../generator.ts";
import type { PieceTask } from "./task.ts";

/**
 * "lost" means that the server doesn't know the task. Directly after its start, a task can be "lost" for a moment. So
 * treat a task as lost only after several answers with "lost" in a row.
 */
export type TaskState =
  | { readonly state: "running" | "lost" }
  /** `result` is where the audio can be downloaded. */
  | { readonly state: "done"; readonly result: string };

interface AceStepSound {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly format: SourceFormat | undefined;
}

export interface AceStepServer {
  /** The name of the server in messages, such as "acestep.cpp". */
  readonly name: string;
  /** Starts a task and returns its id. */
  start(task: PieceTask, signal: AbortSignal): Promise<string>;
  /** Throws GENERATION_FAILED if the task failed or was cancelled. */
  ask(id: string, signal: AbortSignal): Promise<TaskState>;
  /** Downloads the audio. `result` comes from a `TaskState` whose `state` is "done". */
  fetch(result: string, signal: AbortSignal): Promise<AceStepSound>;
  /** Returns "left running" if the server has no call to cancel a task. */
  cancel(id: string, signal: AbortSignal): Promise<FarEnd>;
  health(signal: AbortSignal): Promise<GeneratorHealth>;
}

export interface ServerOptions {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}
