// Decodes raw PCM: audio samples without a file header.

import { failed } from "../failed.ts";
import { createWaitingBytes } from "./bytes.ts";
import { bytesOfSample, readSamples, type SampleForm } from "./samples.ts";
import type { SourceDecoder } from "./source-decoder.ts";

export function createPcmDecoder(form: SampleForm): SourceDecoder {
  const sampleBytes = bytesOfSample[form.encoding] * form.channels;
  const waiting = createWaitingBytes();
  return {
    portionBytes: 4096 * sampleBytes,
    decode: (bytes) => {
      waiting.add(bytes);
      const whole = waiting.length - (waiting.length % sampleBytes);
      return whole === 0 ? [] : [readSamples(waiting.take(whole), form)];
    },
    end: () => {
      if (waiting.length === 0) return [];
      throw failed("The source ended within a sample.", "The connection to the generator may have been cut.");
    },
    free: () => undefined,
  };
}
