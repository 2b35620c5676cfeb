// Defines the interface of the decoders of all source formats. A source is the audio that a generator sends for one
// piece.

/** A part of the source's audio: samples from -1 to 1, in channels of the same length. */
export interface Sound {
  readonly sampleRate: number;
  readonly channels: readonly Float32Array[];
  /**
   * The source's own MP3 frame with this audio. It is set only if the frame is passed on unchanged, because it and all
   * frames before it have Rondo's format.
   */
  readonly frame?: Uint8Array;
}

export interface SourceDecoder {
  /** The number of bytes to decode in one call, so that a call takes at most some milliseconds. */
  readonly portionBytes: number;
  /**
   * Decodes bytes, which must follow the bytes of the last call. The decoder may keep some of them for the next call.
   * Throws GENERATION_FAILED if the bytes are damaged.
   */
  decode(bytes: Uint8Array): Promise<readonly Sound[]> | readonly Sound[];
  /** Returns the remaining audio at the end of the source. Throws GENERATION_FAILED if the source ended too early. */
  end(): Promise<readonly Sound[]> | readonly Sound[];
  /** Frees the decoder's memory. A second call does nothing. */
  free(): void;
}
