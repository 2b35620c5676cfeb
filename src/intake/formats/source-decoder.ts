// What every decoder of a source's format does.

/** A stretch of sound as the source has it: samples from -1 to 1, channels of the same length. */
export interface Sound {
  readonly sampleRate: number;
  readonly channels: readonly Float32Array[];
  /** The source's own MP3 frame with this sound, where it has Rondo's form and is passed on unchanged. */
  readonly frame?: Uint8Array;
}

export interface SourceDecoder {
  /** How many bytes to decode at once, so that one call takes some milliseconds at most. */
  readonly portionBytes: number;
  /** The bytes follow those of the last call, and may be kept. Throws GENERATION_FAILED where they are damaged. */
  decode(bytes: Uint8Array): Promise<readonly Sound[]> | readonly Sound[];
  /** Returns what is left at the source's end. Throws GENERATION_FAILED where it ended too soon. */
  end(): Promise<readonly Sound[]> | readonly Sound[];
  /** Frees the decoder's memory. May be called twice. */
  free(): void;
}
