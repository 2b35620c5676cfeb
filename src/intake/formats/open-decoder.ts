// Opens the decoder for a format. Decoders in WebAssembly are loaded when the first source needs them.

import type { SourceFormat } from "../../ports/generator/audio-intake.ts";
import { createPcmDecoder } from "./pcm.ts";
import type { SourceDecoder } from "./source-decoder.ts";
import { createWavDecoder } from "./wav.ts";

export interface OpenDecoder extends SourceDecoder {
  /** Whether the samples are uncompressed. Then wrong bytes become noise instead of an error. */
  readonly isRaw: boolean;
  /**
   * The number of samples that the source's encoder added at the beginning; undefined if the source doesn't declare it.
   * It is needed if the source's MP3 frames are passed on unchanged.
   */
  readonly delay: number | undefined;
}

/**
 * `first` is a copy of the first bytes of the source, which are only examined here. The caller also passes these bytes
 * to `decode`.
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
