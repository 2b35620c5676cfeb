// Decodes MP3. If the first frames of a source have Rondo's format, they are passed on unchanged, up to the first frame
// in another format. The frames that are passed on are also decoded, but only to get their waveform. All other frames are
// only decoded, and the caller encodes their sound again.

import { MPEGDecoder } from "mpg123-decoder";
import { findFrameLength } from "../../composer/mp3/frames.ts";
import { failed } from "../failed.ts";
import { findInfoFrame, type InfoFrame } from "../mp3/frame-header.ts";
import { createFrameReader, type Frame } from "../mp3/frame-reader.ts";
import type { Sound, SourceDecoder } from "./source-decoder.ts";

export interface Mp3Decoder extends SourceDecoder {
  /**
   * The number of samples that the source's encoder added at the beginning. Undefined if the source
   * doesn't declare this number, and before the first sound was decoded.
   */
  readonly delay: number | undefined;
}

/**
 * The number of frames at the beginning (a fifth of a second) that are checked together. Frames can
 * be passed on unchanged only if all of these frames have Rondo's format.
 */
const framesToDecide = 8;

export function createMp3Decoder(): Mp3Decoder {
  const reader = createFrameReader();
  let undecided: Frame[] = [];
  let info: InfoFrame | undefined;
  let passes = false;
  let decoder: MPEGDecoder | undefined;

  const decodeAll = async (frames: readonly Frame[], isEnd: boolean): Promise<readonly Sound[]> => {
    if (decoder !== undefined) return frames.flatMap((frame) => soundOf(frame));
    undecided.push(...frames);
    if (undecided.length < framesToDecide && !isEnd) return [];
    const first = undecided;
    undecided = [];
    info = first[0] === undefined ? undefined : findInfoFrame(first[0].data);
    const sounding = info === undefined ? first : first.slice(1);
    passes = info?.isConstant !== false && sounding.every(isOurs);
    // The source's encoder added samples at the beginning (its delay). With `enableGapless`, the decoder removes these
    // samples. Frames that are passed on still contain the samples, so for such frames the decoder must keep them.
    decoder = new MPEGDecoder({ enableGapless: !passes });
    await decoder.ready;
    return (passes ? sounding : first).flatMap((frame) => soundOf(frame));
  };

  const soundOf = (frame: Frame): readonly Sound[] => {
    // In concatenated files, each further file begins with an Info frame, which is silent.
    if (passes && findInfoFrame(frame.data) !== undefined) return [];
    const { channelData, samplesDecoded, sampleRate, errors } = decoder!.decode(frame.data);
    if (errors.length > 0) throw failed("The MP3 source is damaged: a frame of it can't be decoded.");
    passes &&= isOurs(frame);
    if (samplesDecoded === 0 && !passes) return [];
    const sound = {
      sampleRate: frame.sampleRate,
      channels: samplesDecoded === 0 ? silentFrame : channelData,
    };
    if (samplesDecoded > 0 && sampleRate !== frame.sampleRate)
      throw failed("The MP3 source changes its sample rate in the middle.");
    return [passes ? { ...sound, frame: frame.data } : sound];
  };
  return {
    get delay() {
      return info?.delay;
    },
    portionBytes: 1024,
    decode: (bytes) => decodeAll(reader.read(bytes), false),
    end: () => decodeAll(reader.end(), true),
    free: () => {
      decoder?.free();
      decoder = undefined;
    },
  };
}

const isOurs = ({ data, isMono }: Frame): boolean => !isMono && findFrameLength(data, 0) === data.length;

/** The waveform of a passed-on frame for which the decoder returns no samples. */
const silentFrame: readonly Float32Array[] = [new Float32Array(1152), new Float32Array(1152)];
