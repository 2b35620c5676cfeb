// Opens the decoder for a format. The decoders in WebAssembly are loaded when a source needs them
// for the first time.

import type { SourceFormat } from "../../ports/generator/audio-intake.ts";
import { createPcmDecoder } from "./pcm.ts";
import type { SourceDecoder } from "./source-decoder.ts";
import { createWavDecoder } from "./wav.ts";

export interface OpenDecoder extends SourceDecoder {
  /**
   * Whether the samples are uncompressed. If they are, wrong bytes become noise instead of an
   * error.
   */
  readonly isRaw: boolean;
  /**
   * The number of samples that the source's encoder added at the beginning. Code that passes on MP3 frames unchanged
   * needs this number. Undefined if the source doesn't declare it, and before the first sound was decoded.
   */
  readonly delay: number | undefined;
}

/**
 * `first` contains the first bytes of the source, which are only examined here. The caller must
 * also pass these bytes to `decode`. The caller must call `free` of the decoder at the end.
 */
export async function openDecoder(format: SourceFormat, first: Uint8Array): Promise<OpenDecoder> {
  switch (format.kind) {
    case "pcm":
      return Object.assign(createPcmDecoder(format), { isRaw: true, delay: undefined });
    case "wav":
      return Object.assign(createWavDecoder(), { isRaw: true, delay: undefined });
    case "flac": {
      const { createFlacDecoder } = await import("./flac.ts");
      return Object.assign(await createFlacDecoder(first), { isRaw: false, delay: undefined });
    }
    case "mp3": {
      const { createMp3Decoder } = await import("./mp3.ts");
      return Object.assign(createMp3Decoder(), { isRaw: false });
    }
  }
}
