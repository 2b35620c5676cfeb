// Defines the generator, which makes audio from a prompt, chunk by chunk. This file does not depend on a specific
// technology.

/** Additional wishes. If a generator can't fulfil a wish, it refuses the request or leaves the wish out of its plan. */
export interface GenerationOptions {
  /** Beats per minute. */
  readonly tempo?: number;
  /** For example "A minor", or "F# dorian" for another mode. */
  readonly key?: string;
  readonly style?: string;
  readonly lyrics?: string;
  readonly instrumental?: boolean;
  /**
   * The piece continues until it is stopped, but at most for the request's `durationSeconds`. Only for generators with
   * `makesEndless`.
   */
  readonly endless?: true;
}

/** The version from which a new version is made. Only generators that change pieces themselves use the parent. */
export interface ParentVersion {
  readonly versionId: string;
  /** The wanted changes, in the user's words. */
  readonly instruction: string;
  /**
   * The address at which the parent's audio can be read without credentials for about an hour.
   * Undefined if Rondo's own address is not known.
   */
  readonly audioUrl?: string;
  /** The plan with which the parent was made. */
  readonly spec?: unknown;
}

export interface GenerationRequest {
  readonly requestId: string;
  /** The business that requests the piece. If the pieces of several businesses wait, the businesses take turns. */
  readonly businessId: string;
  /**
   * The user's id or, for a guest, the guest's hashed IP address. If the pieces of several owners in a business wait,
   * the owners take turns.
   */
  readonly owner: string;
  /** The user for whom the piece is made. */
  readonly userId: string;
  /** The version to which the chunks belong. */
  readonly versionId: string;
  readonly prompt: string;
  /** If the generator is `deterministic`, the same seed, prompt and options give the same bytes. */
  readonly seed: number;
  readonly durationSeconds: number;
  /** If a version is made from another version: the parent's plan after the change. */
  readonly spec?: unknown;
  readonly options?: GenerationOptions;
  readonly parent?: ParentVersion;
  /** After this time, a generator on another machine fails with GENERATION_FAILED. */
  readonly deadline?: Date;
  /**
   * The generator calls this function if the signal is aborted before `start` has resolved, and `start` then throws the
   * signal's reason. There is no `Generation` yet, so this function reports how the work on another machine ended.
   * `stopped` resolves when the end of the work is known. For a later abort, read `Generation.stopped`.
   */
  readonly onEarlyAbort?: (stopped: Promise<FarEnd>) => void;
}

/** A description of the planned music for display. A generator may omit fields that it doesn't know. */
export interface PlanWords {
  readonly style?: string;
  /** Beats per minute. */
  readonly bpm?: number;
  /** For example "F# minor" or "D dorian". */
  readonly key?: string;
  /** For example "6/8". */
  readonly meter?: string;
  /** From 0 (straight) to 1 (full triplets). */
  readonly swing?: number;
  readonly mood?: readonly string[];
  readonly instruments?: readonly string[];
  readonly textures?: readonly string[];
  /** The sections in order. */
  readonly form?: readonly string[];
  readonly durationSeconds?: number;
  /** The version of the composer that plays the plan. A plan with an old version still sounds the same. */
  readonly composerVersion?: number;
}

/** The used and the unused parts of a prompt. Together they cover the whole prompt. */
export interface PlanDescription {
  /** The fulfilled wishes as phrases for display. */
  readonly understood: readonly string[];
  /** The words of the prompt that have no effect, as the user typed them, and the options that have no effect. */
  readonly notUnderstood: readonly string[];
  readonly plan: PlanWords;
}

export interface GenerationPlan {
  /** A title for the piece, derived from the prompt. */
  readonly title: string;
  readonly contentType: "audio/mpeg";
  /** The planned length, or the requested length if the generator doesn't know the length in advance. */
  readonly durationMs: number;
  /** Whether the piece continues until it is stopped. Then `durationMs` is the maximum length. */
  readonly isEndless?: boolean;
  /** The exact size of the whole piece. Undefined if the generator can't know it. */
  readonly plannedBytes: number | undefined;
  /** The generator's own plan as JSON, which `revise` can change. */
  readonly spec: unknown;
  /** Undefined if the generator can't describe its music. */
  readonly description?: PlanDescription;
}

/** A bar of the music, for generators that know their notes. */
export interface GeneratedBar {
  /** The number of the bar, from 1. */
  readonly bar: number;
  readonly startMs: number;
  readonly section: string;
  /** The chords of the bar with their start times and names, such as "Am7" or "F#m/C#". */
  readonly chords: readonly { readonly startMs: number; readonly name: string }[];
}

export interface GeneratedChunk {
  /** Whole MP3 frames. The MP3 file is the concatenation of all chunks. */
  readonly bytes: Uint8Array;
  readonly startMs: number;
  readonly durationMs: number;
  /** The waveform of the chunk: pairs of a minimum and a maximum, as signed 8-bit numbers, 50 pairs per second. */
  readonly peaks: Int8Array;
  /** The section of the piece in which this chunk begins, for display: "intro", "verse", "chorus". */
  readonly section: string | undefined;
  /** The number of the bar that begins in this chunk, from 1. */
  readonly bar: number | undefined;
  /** All bars that begin in this chunk. Undefined if the generator doesn't know them. */
  readonly bars?: readonly GeneratedBar[];
}

export interface Generation {
  readonly plan: GenerationPlan;
  /**
   * The name of the generator that makes the piece: its configured name if there are several generators, or else the
   * generator's own name.
   */
  readonly madeBy?: string;
  /**
   * The chunks in order, for one reader. If the generation fails, reading throws GENERATION_FAILED,
   * or INVALID_PARAMETER for an unusable prompt. The error gives the reason as a sentence. After an
   * abort, reading throws the signal's reason. The caller has to read the chunks to the end or
   * abort the signal. If the caller leaves the loop, the generation is aborted.
   */
  readonly chunks: AsyncIterable<GeneratedChunk>;
  /**
   * True if the generator itself stores the chunks in the version's stream. Then `chunks` only reports the stored
   * chunks.
   */
  readonly isStored?: boolean;
  /**
   * After an abort, this promise resolves within six seconds and reports whether the work on the
   * other machine also stopped. At the end of a whole piece, the promise resolves with "stopped".
   * The promise never rejects. Undefined if the generator runs in this process.
   */
  readonly stopped?: Promise<FarEnd>;
}

/**
 * The signal is aborted with this reason if another run will continue the generation with the same requestId. After
 * such an abort, a generator that can resume does not stop the work on the other machine.
 */
export class HandOverError extends Error {
  override readonly name = "HandOverError";
}

/** How the work on another machine ended after an abort. */
export type FarEnd = "stopped" | "left running";

export interface RevisionRequest {
  /** A plan that this generator made. */
  readonly spec: unknown;
  /** The wanted changes, in the user's words. */
  readonly instruction: string;
  /** Overrides a duration in the instruction. */
  readonly durationSeconds?: number;
  readonly seed?: number;
}

/** Describes which bytes are the same at the beginning of a changed piece and of the piece from which it was made. */
export interface SharedStart {
  /**
   * The first bytes of the changed piece: a header with the total length of the piece. The first bytes of the other
   * piece are its own header, which has the same size.
   */
  readonly head: Uint8Array;
  /** From the end of the head up to this position, both pieces have the same bytes. */
  readonly bytes: number;
}

/**
 * How the change is made. "plan": the generator's plan was changed. "generator": the generator gets the parent and the
 * instruction. "prompt": a new piece is made from the parent's prompt and the instruction.
 */
export type RevisedBy = "plan" | "generator" | "prompt";

export interface Revision {
  readonly by: RevisedBy;
  /** The changed plan. Pass it to `start` to make the changed piece. */
  readonly spec: unknown;
  /** The changes as phrases for display, such as "tempo 96 bpm". Never empty. */
  readonly understood: readonly string[];
  /** The parts of the instruction that the generator did not understand, as the user typed them. */
  readonly notUnderstood: readonly string[];
  /** The new title, if the instruction changed it. */
  readonly title: string | undefined;
  readonly durationSeconds: number;
  readonly seed: number;
  /** The exact size of the whole piece. Undefined if the generator can't know it yet. */
  readonly plannedBytes: number | undefined;
  /** Undefined if the two pieces begin differently, or if the generator can't know how they begin. */
  readonly shared: SharedStart | undefined;
}

export interface GeneratorHealth {
  readonly status: "ready" | "starting" | "busy";
  /**
   * The number of generations that the generator can make at the same time. This field and the fields below are
   * undefined if the generator doesn't report them.
   */
  readonly slots: number | undefined;
  readonly free: number | undefined;
  readonly queued: number | undefined;
  /** The number of seconds after which a generation that is requested now would begin. */
  readonly etaSeconds: number | undefined;
}

export type DescribeRequest = Pick<
  GenerationRequest,
  "prompt" | "seed" | "durationSeconds" | "spec" | "options"
>;

export interface Generator {
  readonly name: string;
  /**
   * Whether the same request always gives the same bytes. If so, an interrupted generation can be
   * started again and continued after the bytes that are already stored.
   */
  readonly deterministic: boolean;
  /**
   * Whether an interrupted generation continues when `start` is called again with the same requestId. A generation with
   * `isStored` then yields only the chunks after the stored bytes. Any other generation yields the same bytes again
   * from the beginning. `canResume` has a meaning only if `deterministic` is false.
   */
  readonly canResume: boolean;
  /** Whether the generator can make pieces that continue until they are stopped. */
  readonly makesEndless?: boolean;
  /**
   * Returns the duration that the prompt itself asks for ("two minutes of rain") in whole seconds. Returns undefined if
   * the prompt contains no duration.
   */
  durationOf(prompt: string): number | undefined;
  /**
   * Describes within milliseconds what `start` would make of this request. If the request contains a plan, only the
   * plan is described and wishes are ignored. Returns undefined for the plan of another generator. Only a generator
   * that interprets prompts itself has this method.
   */
  describe?(request: DescribeRequest): PlanDescription | undefined;
  /**
   * Starts a generation. Some generators on other machines don't begin their work until the first
   * chunk is read. After an abort, reading the chunks ends within a second, and `stopped` reports how the work on
   * another machine ended. If the signal is already aborted, `start` throws the signal's reason. Errors:
   * INVALID_PARAMETER for an unusable prompt. If the generator is on another machine, also UNAVAILABLE and
   * GENERATION_FAILED.
   * Example: `const { plan, chunks } = await generator.start({ requestId, businessId, owner, userId, versionId,
   * prompt: "calm piano", seed: 1, durationSeconds: 60 }, signal)`.
   */
  start(request: GenerationRequest, signal: AbortSignal): Promise<Generation>;
  /**
   * Changes a plan by an instruction without generating audio. The same request gives the same revision. Throws
   * INVALID_PARAMETER in three cases: nothing was understood (then the hint names possible instructions), the plan
   * belongs to another generator, or this generator can't change plans.
   * Example: `const { spec } = await generator.revise({ spec: plan.spec, instruction: "slower, without drums" })`.
   */
  revise(request: RevisionRequest): Promise<Revision>;
  /**
   * Asks a generator on another machine for its state. Undefined if the generator runs in this process. Errors:
   * UNAVAILABLE if the generator can't be reached, GENERATION_FAILED if its answer is not as expected.
   */
  health?(signal: AbortSignal): Promise<GeneratorHealth>;
  /** Can be called twice. The second call does nothing. */
  close(): Promise<void>;
}
