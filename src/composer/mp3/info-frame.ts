// The Info frame: tells a player the exact length before the sound is made. Form: Xing header with LAME's tag.

import { bytesOfFrames, declaredDelay, frameBytesMin, framesOf, samplesPerFrame } from "./frames.ts";

export const createInfoFrame = (samples: number): Uint8Array => {
  const frames = framesOf(samples);
  const bytes = new Uint8Array(frameBytesMin);
  const view = new DataView(bytes.buffer);
  // Sync, MPEG-1 Layer III without CRC; 128 kbit/s, 44.1 kHz, no padding; joint stereo, original.
  bytes.set([0xff, 0xfb, 0x90, 0x64]);
  const text = new TextEncoder();
  const info = 4 + sideInformationBytes;
  bytes.set(text.encode("Info"), info);
  // Frames, bytes, table of contents and quality follow.
  view.setUint32(info + 4, 0b1111);
  view.setUint32(info + 8, frames);
  view.setUint32(info + 12, frameBytesMin + bytesOfFrames(frames));
  // At a constant rate, a hundredth of the time is a hundredth of the bytes.
  for (let percent = 0; percent < 100; percent++)
    bytes[info + 16 + percent] = Math.round((percent * 256) / 100);
  view.setUint32(info + 116, 50);

  const lame = info + 120;
  bytes.set(text.encode("LAME3.100"), lame);
  // Revision 0, constant rate.
  bytes[lame + 9] = 0x01;
  bytes[lame + 20] = 128;
  const padding = frames * samplesPerFrame - samples - declaredDelay;
  // Two numbers of twelve bits: the samples to leave out at the beginning and at the end.
  bytes[lame + 21] = declaredDelay >> 4;
  bytes[lame + 22] = ((declaredDelay & 15) << 4) | (padding >> 8);
  bytes[lame + 23] = padding & 255;
  return bytes;
};

/** Of a stereo MPEG-1 frame, between its header and its data. */
const sideInformationBytes = 32;
