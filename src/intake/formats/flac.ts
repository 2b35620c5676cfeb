// Decodes FLAC frame by frame while it arrives.

import { FLACDecoder } from "@wasm-audio-decoders/flac";
import { failed, secondsText } from "../failed.ts";
import type { Sound, SourceDecoder } from "./source-decoder.ts";

/**
 * The size of the largest possible frame: 65,535 samples of 32 bits in each of 8 channels, without
 * compression. If no frame is completed within this number of bytes, the source is refused. Before
 * the first frame, `metadataBytesMax` more bytes are allowed.
 */
const bytesWithoutFrameMax = 2 * 1024 * 1024;
/** Before the first frame there can be metadata, such as a picture. The length of a block of metadata has 24 bits. */
const metadataBytesMax = 16 * 1024 * 1024;
const portionBytesMax = 1024;
/**
 * The bytes are decoded in portions. `portionBytes` is halved if a portion had more than this number
 * of samples, and doubled if a portion had less than a quarter of it.
 */
const samplesAtOnce = 16_384;

export async function createFlacDecoder(first: Uint8Array): Promise<SourceDecoder> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  const total = declaredSamplesOf(first);
  let portionBytes = 128;
  let bytesWithoutFrame = 0;
  let samples = 0;
  let sampleRate = 0;
  let isFree = false;

  const soundsOf = (decoded: Awaited<ReturnType<FLACDecoder["decode"]>>): readonly Sound[] => {
    if (decoded.errors.length > 0)
      throw failed(`The FLAC source is damaged after ${secondsText(samples, sampleRate || 1)}.`);
    if (decoded.samplesDecoded === 0) return [];
    sampleRate = decoded.sampleRate;
    samples += decoded.samplesDecoded;
    return [{ sampleRate, channels: decoded.channelData }];
  };
  return {
    get portionBytes() {
      return portionBytes;
    },
    decode: async (bytes) => {
      const sounds = soundsOf(await decoder.decode(bytes));
      bytesWithoutFrame = sounds.length > 0 ? 0 : bytesWithoutFrame + bytes.length;
      const bytesMax = bytesWithoutFrameMax + (samples === 0 ? metadataBytesMax : 0);
      if (bytesWithoutFrame > bytesMax)
        throw failed(
          `The source begins like FLAC, but ${bytesMax / 1024 / 1024} MiB after ${secondsText(samples, sampleRate || 1)} contain no complete frame.`,
        );
      const decoded = sounds[0]?.channels[0]?.length ?? 0;
      if (decoded > samplesAtOnce) portionBytes = Math.max(64, portionBytes >> 1);
      else if (decoded < samplesAtOnce / 4) portionBytes = Math.min(portionBytesMax, portionBytes << 1);
      return sounds;
    },
    end: async () => {
      const sounds = soundsOf(await decoder.flush());
      if (total === 0 || samples >= total) return sounds;
      throw failed(
        `The source ended after ${secondsText(samples, sampleRate || 1)} of the ${secondsText(total, sampleRate || 1)} that its FLAC header declares.`,
        "The connection to the generator may have been cut.",
      );
    },
    free: () => {
      if (!isFree) decoder.free();
      isFree = true;
    },
  };
}

/**
 * Returns the declared number of samples of each channel. Returns 0 if the header doesn't declare
 * this number, or if `first` has fewer than 26 bytes. STREAMINFO is the first block, and its number
 * of samples has 36 bits.
 */
const declaredSamplesOf = (first: Uint8Array): number => {
  if (first.length < 26) return 0;
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  return (first[21]! & 15) * 2 ** 32 + view.getUint32(22);
};
