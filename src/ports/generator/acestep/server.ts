// Defines the calls that both servers of ACE-Step offer: start, ask, fetch, and cancel if the server supports it.
import type { SourceFormat } from "../audio-intake.ts";
import type { FarEnd, GeneratorHealth } from "../generator.ts";
import type { PieceTask } from "./task.ts";

/** `lost`: the server doesn't know the task. */
export type TaskState =
  | { readonly state: "running" | "lost" }
  /** `result`: the place of the sound. */
  | { readonly state: "done"; readonly result: string };

interface AceStepSound {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly format: SourceFormat | undefined;
}

export interface AceStepServer {
  /** The server's name in messages for people: "acestep.cpp". */
  readonly name: string;
  /** The task's id. */
  start(task: PieceTask, signal: AbortSignal): Promise<string>;
  /** Throws GENERATION_FAILED if the task failed. */
  ask(id: string, signal: AbortSignal): Promise<TaskState>;
  fetch(result: string, signal: AbortSignal): Promise<AceStepSound>;
  cancel(id: string, signal: AbortSignal): Promise<FarEnd>;
  health(signal: AbortSignal): Promise<GeneratorHealth>;
}

export interface ServerOptions {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}
