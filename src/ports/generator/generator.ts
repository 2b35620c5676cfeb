// What turns a prompt into audio, chunk by chunk: the built-in composer, or a model behind HTTP. Names no technology.

export interface GenerationRequest {
  readonly requestId: string;
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

export interface Generator {
  readonly name: string;
  /** The same request gives the same bytes, so an interrupted generation can be made again and joined. */
  readonly deterministic: boolean;
  /** Starts at once; the signal stops it within a second. A prompt it can't use: INVALID_PARAMETER. */
  start(request: GenerationRequest, signal: AbortSignal): Promise<Generation>;
  /** May be called twice. */
  close(): Promise<void>;
}
