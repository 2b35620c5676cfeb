// What turns a prompt into audio, chunk by chunk: the built-in composer, or a model behind HTTP. Names no technology.

export interface GenerationRequest {
  readonly requestId: string;
  /** The business and the owner of the piece: businesses take turns, and so do the owners within one. */
  readonly businessId: string;
  readonly owner: string;
  readonly prompt: string;
  /** The same seed, prompt and options give the same bytes where `deterministic` is true. */
  readonly seed: number;
  readonly durationSeconds: number;
  /** What a version made from another one starts from: the parent's plan, already changed. */
  readonly spec?: unknown;
}

export interface GenerationPlan {
  /** A name a person would give the piece, from the prompt. */
  readonly title: string;
  readonly contentType: "audio/mpeg";
  readonly durationMs: number;
  /** The exact bytes of the whole, or undefined where the generator can't know. */
  readonly plannedBytes: number | undefined;
  /** The generator's own plan as JSON: what versions are changed from. */
  readonly spec: unknown;
}

export interface GeneratedChunk {
  /** Whole MP3 frames; the joined chunks are the file. */
  readonly bytes: Uint8Array;
  readonly startMs: number;
  readonly durationMs: number;
  /** Pairs of signed 8-bit minimum and maximum, 50 pairs a second. */
  readonly peaks: Int8Array;
  /** Where in the piece this chunk begins, in words a listener knows: "intro", "verse", "chorus". */
  readonly section: string | undefined;
  /** The bar that begins in this chunk, from 1. */
  readonly bar: number | undefined;
}

export interface Generation {
  readonly plan: GenerationPlan;
  /**
   * In order, each once, to one reader. Throws AppError GENERATION_FAILED with a sentence why, or after an abort the
   * signal's reason. Read it to its end, or abort: leaving the loop aborts.
   */
  readonly chunks: AsyncIterable<GeneratedChunk>;
}

export interface RevisionRequest {
  /** A plan that this generator made. */
  readonly spec: unknown;
  /** What a person wants to be other, in words. */
  readonly instruction: string;
  /** Said beside the words, and stronger than they are. */
  readonly durationSeconds?: number;
  readonly seed?: number;
}

/** What of a piece's audio a changed one begins with. */
export interface SharedStart {
  /** The changed piece's own first bytes, in place of as many of the other's: a header that tells the length. */
  readonly head: Uint8Array;
  /** Up to here, after the head, the bytes of both are the same. */
  readonly bytes: number;
}

export interface Revision {
  /** What `start` takes to make the changed piece. */
  readonly spec: unknown;
  /** What was changed, as phrases for people: "tempo 96 bpm". Never empty. */
  readonly understood: readonly string[];
  /** The parts of the instruction that said nothing to the generator, as they were typed. */
  readonly notUnderstood: readonly string[];
  /** Where it got another name. */
  readonly title: string | undefined;
  readonly durationSeconds: number;
  readonly seed: number;
  /** The exact bytes of the whole, or undefined where the generator can't know yet. */
  readonly plannedBytes: number | undefined;
  /** Undefined where the two have no beginning in common, or the generator can't know. */
  readonly shared: SharedStart | undefined;
}

export interface Generator {
  readonly name: string;
  /** The same request gives the same bytes, so an interrupted generation can be made again and joined. */
  readonly deterministic: boolean;
  /** The length that the prompt itself asks for ("two minutes of rain"), in whole seconds; undefined where it says nothing. */
  durationOf(prompt: string): number | undefined;
  /** Starts at once; the signal stops it within a second. A prompt it can't use: INVALID_PARAMETER. */
  start(request: GenerationRequest, signal: AbortSignal): Promise<Generation>;
  /**
   * The same request gives the same revision, and nothing is made yet. INVALID_PARAMETER, with a hint of what
   * can be said: nothing was understood, or it is no plan of this generator, or it can't change plans at all.
   */
  revise(request: RevisionRequest): Promise<Revision>;
  /** May be called twice. */
  close(): Promise<void>;
}
