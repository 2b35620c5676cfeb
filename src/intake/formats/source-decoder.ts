// Defines the interface of the decoders of all source formats. A source is the audio that a generator sends for one
// piece.

/** A part of the source's audio: samples from -1 to 1, in channels of the same length. */
export interface Sound {
  readonly sampleRate: number;
  readonly channels: readonly Float32Array[];
  /**
   * The source's own MP3 frame with this audio. The field is set only if this frame and all frames
   * before it have Rondo's format. Then the caller passes the frame on unchanged.
   */
  readonly frame?: Uint8Array;
}

export interface SourceDecoder {
  /**
   * The maximum number of bytes to pass to one call of `decode`, so that a call takes only some
   * milliseconds. Read this number before each call, because it can change.
   */
  readonly portionBytes: number;
  /**
   * Decodes the bytes that follow the bytes of the last call. The decoder can keep some of the
   * bytes for the next call, so the result can be empty. Throws GENERATION_FAILED if the decoder
   * finds that the bytes are damaged.
   */
  decode(bytes: Uint8Array): Promise<readonly Sound[]> | readonly Sound[];
  /**
   * Returns the remaining audio. Call this method at the end of the source. Throws
   * GENERATION_FAILED if the decoder finds that the source ended too early.
   */
  end(): Promise<readonly Sound[]> | readonly Sound[];
  /** Frees the decoder's memory. A second call does nothing. */
  free(): void;
}
