// Defines the generator, which turns a prompt into audio, chunk by chunk. This file names no technology.

/** Wishes beside the prompt. If a generator can't fulfil a wish, it refuses the request, or leaves the wish out of its plan. */
export interface GenerationOptions {
  /** Beats a minute. */
  readonly tempo?: number;
  /** "A minor"; or "F# dorian" for another mode. */
  readonly key?: string;
  readonly style?: string;
  readonly lyrics?: string;
  readonly instrumental?: boolean;
  /** The piece goes on until it is stopped, and at most for the request's `durationSeconds`. Only for generators with `makesEndless`. */
  readonly endless?: true;
}

/** The version from which a new version is made, for generators that change pieces themselves. */
export interface ParentVersion {
  readonly versionId: string;
  /** The wanted changes, in a person's words. */
  readonly instruction: string;
  /** The address at which the parent's audio can be read without a credential for about an hour; undefined if Rondo's own address is not known. */
  readonly audioUrl?: string;
  /** The plan with which the parent was made. */
  readonly spec?: unknown;
}

export interface GenerationRequest {
  readonly requestId: string;
  /** The business and the owner of the piece: businesses take turns, and so do the owners within one. */
  readonly businessId: string;
  readonly owner: string;
  readonly userId: string;
  /** The version that the chunks belong to. */
  readonly versionId: string;
  readonly prompt: string;
  /** If `deterministic` is true, the same seed, prompt and options give the same bytes. */
  readonly seed: number;
  readonly durationSeconds: number;
  /** The changed plan of the parent, for a version that is made from another one. */
  readonly spec?: unknown;
  readonly options?: GenerationOptions;
  readonly parent?: ParentVersion;
  /** The time after which nobody waits for chunks any more. */
  readonly deadline?: Date;
  /**
   * A generator on another machine calls this function when an abort comes before `start` has resolved. Then `start` throws the
   * signal's reason. For a later abort, `Generation.stopped` reports the same.
   */
  readonly onEarlyAbort?: (stopped: Promise<FarEnd>) => void;
}

/** The music that a generator plans, in words for people. A generator may leave out what it doesn't know. */
export interface PlanWords {
  readonly style?: string;
  /** Beats a minute. */
  readonly bpm?: number;
  /** "F# minor", "D dorian". */
  readonly key?: string;
  /** "6/8". */
  readonly meter?: string;
  /** From 0 (straight) to 1 (full triplets). */
  readonly swing?: number;
  readonly mood?: readonly string[];
  readonly instruments?: readonly string[];
  readonly textures?: readonly string[];
  /** The sections in order. */
  readonly form?: readonly string[];
  readonly durationSeconds?: number;
  /** The version of the composer that plays the plan; old versions keep their sound. */
  readonly composerVersion?: number;
}

/** The understood and the unused parts of a prompt, which together are the whole prompt. */
export interface PlanDescription {
  /** The fulfilled wishes, as phrases for people. */
  readonly understood: readonly string[];
  /** The words of the prompt that have no effect, as they were typed, and the options that have none. */
  readonly notUnderstood: readonly string[];
  readonly plan: PlanWords;
}

export interface GenerationPlan {
  /** A title for the piece, derived from the prompt. */
  readonly title: string;
  readonly contentType: "audio/mpeg";
  /** The planned length; the requested one if the generator can't know its own. */
  readonly durationMs: number;
  /** The piece goes on until it is stopped; `durationMs` is its limit. */
  readonly isEndless?: boolean;
  /** The exact size of the whole piece, or undefined if the generator can't know it. */
  readonly plannedBytes: number | undefined;
  /** The generator's own plan as JSON. `revise` changes it. */
  readonly spec: unknown;
  /** Undefined if the generator can't describe its music. */
  readonly description?: PlanDescription;
}

/** A bar of the music, for generators that know their notes. */
export interface GeneratedBar {
  /** From 1. */
  readonly bar: number;
  readonly startMs: number;
  readonly section: string;
  /** "Am7", "F#m/C#", each with the time at which it begins. */
  readonly chords: readonly { readonly startMs: number; readonly name: string }[];
}

export interface GeneratedChunk {
  /** Whole MP3 frames; the joined chunks are the file. */
  readonly bytes: Uint8Array;
  readonly startMs: number;
  readonly durationMs: number;
  /** Pairs of signed 8-bit minimum and maximum, 50 pairs a second. */
  readonly peaks: Int8Array;
  /** The part of the piece in which this chunk begins, for listeners: "intro", "verse", "chorus". */
  readonly section: string | undefined;
  /** The bar that begins in this chunk, from 1. */
  readonly bar: number | undefined;
  /** All bars that begin in this chunk; undefined if the generator doesn't know them. */
  readonly bars?: readonly GeneratedBar[];
}

export interface Generation {
  readonly plan: GenerationPlan;
  /** The configured name of the generator that makes the piece if there are several generators; otherwise the generator's own name. */
  readonly madeBy?: string;
  /**
   * The chunks in order, for one reader. Throws AppError GENERATION_FAILED with the reason as a sentence, or after an
   * abort the signal's reason. Read it to its end, or abort: leaving the loop aborts the generation.
   */
  readonly chunks: AsyncIterable<GeneratedChunk>;
  /** True if the generator itself writes the chunks into the version's stream. Then `chunks` only reports the stored chunks. */
  readonly isStored?: boolean;
  /**
   * Says after an abort whether the work on the other machine stopped, too. It settles within six seconds of the abort and never rejects.
   * Undefined if the generator runs in this process.
   */
  readonly stopped?: Promise<FarEnd>;
}

/**
 * The reason of an abort after which another run goes on with the same requestId: a generator that can resume is left
 * running.
 */
export class HandOverError extends Error {
  override readonly name = "HandOverError";
}

/** The end of the work on another machine after an abort. */
export type FarEnd = "stopped" | "left running";

export interface RevisionRequest {
  /** A plan that this generator made. */
  readonly spec: unknown;
  /** The wanted changes, in a person's words. */
  readonly instruction: string;
  /** Overrides a duration in the instruction. */
  readonly durationSeconds?: number;
  readonly seed?: number;
}

/** The part of a piece's audio with which a changed piece begins. */
export interface SharedStart {
  /** The changed piece's own first bytes, which replace the same number of bytes of the other piece: a header with the total length. */
  readonly head: Uint8Array;
  /** After the head and up to this position, the bytes of both are the same. */
  readonly bytes: number;
}

/**
 * The way in which the change is made. "plan": the generator's plan was changed. "generator": the generator gets the parent and the
 * instruction. "prompt": a new piece is made from the parent's prompt and the instruction.
 */
export type RevisedBy = "plan" | "generator" | "prompt";

export interface Revision {
  readonly by: RevisedBy;
  /** The changed plan: pass it to `start` to make the changed piece. */
  readonly spec: unknown;
  /** The changes, as phrases for people: "tempo 96 bpm". Never empty. */
  readonly understood: readonly string[];
  /** The parts of the instruction that the generator did not understand, as they were typed. */
  readonly notUnderstood: readonly string[];
  /** The new title, if the instruction changed it. */
  readonly title: string | undefined;
  readonly durationSeconds: number;
  readonly seed: number;
  /** The exact size of the whole piece, or undefined if the generator can't know it yet. */
  readonly plannedBytes: number | undefined;
  /** Undefined if the two pieces share no beginning, or the generator can't know. */
  readonly shared: SharedStart | undefined;
}

export interface GeneratorHealth {
  readonly status: "ready" | "starting" | "busy";
  /** The number of generations that the generator makes at a time. This and the fields below are undefined if the generator doesn't report them. */
  readonly slots: number | undefined;
  readonly free: number | undefined;
  readonly queued: number | undefined;
  /** Seconds until a new generation would begin. */
  readonly etaSeconds: number | undefined;
}

export type DescribeRequest = Pick<
  GenerationRequest,
  "prompt" | "seed" | "durationSeconds" | "spec" | "options"
>;

export interface Generator {
  readonly name: string;
  /** Whether the same request gives the same bytes, so that an interrupted generation can be repeated and continued. */
  readonly deterministic: boolean;
  /**
   * Whether an interrupted generation continues when `start` is called again with its requestId: with the same bytes from
   * the beginning, or, where `isStored`, behind the stored ones. The flag has no meaning where `deterministic` is true.
   */
  readonly canResume: boolean;
  /** Whether it makes pieces that go on until they are stopped. */
  readonly makesEndless?: boolean;
  /** The duration that the prompt itself asks for ("two minutes of rain"), in whole seconds; undefined if it names none. */
  durationOf(prompt: string): number | undefined;
  /**
   * Describes what \`start\` would make of this request, within milliseconds. A plan is described without wishes. Undefined
   * where the plan is another generator's. Only a generator that reads prompts by itself has this method.
   */
  describe?(request: DescribeRequest): PlanDescription | undefined;
  /**
   * Starts a generation at once; the signal stops it within a second. INVALID_PARAMETER for an unusable prompt. Example:
   * `const { plan, chunks } = await generator.start({ requestId, businessId, owner, userId, versionId, prompt: "calm piano", seed: 1, durationSeconds: 60 }, signal)`.
   */
  start(request: GenerationRequest, signal: AbortSignal): Promise<Generation>;
  /**
   * Changes a plan by an instruction, without generating audio. The same request gives the same revision.
   * INVALID_PARAMETER, with a hint of possible instructions, when nothing was understood, when the plan is another
   * generator's, or when this generator can't change plans.
   * Example: `const { spec } = await generator.revise({ spec: plan.spec, instruction: "slower, without drums" })`.
   */
  revise(request: RevisionRequest): Promise<Revision>;
  /**
   * Asks a generator on another machine for its state; absent if the generator runs in this process. Errors: UNAVAILABLE if it can't be
   * reached, GENERATION_FAILED if its answer is not as expected.
   */
  health?(signal: AbortSignal): Promise<GeneratorHealth>;
  /** May be called twice. */
  close(): Promise<void>;
}
