// The generator: it turns a prompt into audio, chunk by chunk. Names no technology.

export interface GenerationRequest {
  readonly requestId: string;
  /** The business and the owner of the piece: businesses take turns, and so do the owners within one. */
  readonly businessId: string;
  readonly owner: string;
  readonly prompt: string;
  /** The same seed, prompt and options give the same bytes where `deterministic` is true. */
  readonly seed: number;
  readonly durationSeconds: number;
  /** For a version made from another one: the parent's plan, already changed. */
  readonly spec?: unknown;
}

export interface GenerationPlan {
  /** A title for the piece, derived from the prompt. */
  readonly title: string;
  readonly contentType: "audio/mpeg";
  readonly durationMs: number;
  /** The exact size of the whole piece, or undefined if the generator can't know it. */
  readonly plannedBytes: number | undefined;
  /** The generator's own plan as JSON. `revise` changes it. */
  readonly spec: unknown;
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
}

export interface Generation {
  readonly plan: GenerationPlan;
  /**
   * The chunks in order, for one reader. Throws AppError GENERATION_FAILED with the reason as a sentence, or after an
   * abort the signal's reason. Read it to its end, or abort: leaving the loop aborts the generation.
   */
  readonly chunks: AsyncIterable<GeneratedChunk>;
}

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
  /** The changed piece's own first bytes, which replace as many of the other's: a header with the total length. */
  readonly head: Uint8Array;
  /** After the head and up to this position, the bytes of both are the same. */
  readonly bytes: number;
}

export interface Revision {
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

export interface Generator {
  readonly name: string;
  /** Whether the same request gives the same bytes, so that an interrupted generation can be repeated and continued. */
  readonly deterministic: boolean;
  /** The duration that the prompt itself asks for ("two minutes of rain"), in whole seconds; undefined if it names none. */
  durationOf(prompt: string): number | undefined;
  /**
   * Starts at once; the signal stops it within a second. INVALID_PARAMETER for an unusable prompt. Example:
   * `const { plan, chunks } = await generator.start({ requestId, businessId, owner, prompt: "calm piano", seed: 1, durationSeconds: 60 }, signal)`.
   */
  start(request: GenerationRequest, signal: AbortSignal): Promise<Generation>;
  /**
   * Changes a plan by an instruction, without generating audio. The same request gives the same revision.
   * INVALID_PARAMETER, with a hint of possible instructions, when nothing was understood, when the plan is another
   * generator's, or when this generator can't change plans.
   * Example: `const { spec } = await generator.revise({ spec: plan.spec, instruction: "slower, without drums" })`.
   */
  revise(request: RevisionRequest): Promise<Revision>;
  /** May be called twice. */
  close(): Promise<void>;
}
