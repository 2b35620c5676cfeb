// Defines the interface of the decoders of all source formats.

/** A part of the source's sound: samples from -1 to 1, in channels of the same length. */
export interface Sound {
  readonly sampleRate: number;
  readonly channels: readonly Float32Array[];
  /** The source's own MP3 frame with this sound, if it has Rondo's form and is passed on unchanged. */
  readonly frame?: Uint8Array;
}

export interface SourceDecoder {
  /** The number of bytes to decode at once, so that one call takes some milliseconds at most. */
  readonly portionBytes: number;
  /** The bytes follow those of the last call, and the decoder may keep them. Throws GENERATION_FAILED if they are damaged. */
  decode(bytes: Uint8Array): Promise<readonly Sound[]> | readonly Sound[];
  /** Returns the remaining sound at the source's end. Throws GENERATION_FAILED if the source ended too early. */
  end(): Promise<readonly Sound[]> | readonly Sound[];
  /** Frees the decoder's memory. May be called twice. */
  free(): void;
}
