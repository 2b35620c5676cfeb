// What a piece begins with, in the room of one frame: a small ID3v2 tag, since players that find none look for one at the end,
// which is not made yet; and the Info frame, which tells the exact length before the sound is made. Form: Xing header with LAME's tag.

import { bytesOfFrames, declaredDelay, frameBytesMin, framesOf, samplesPerFrame } from "./frames.ts";

/** As many bytes as a frame without padding, so that where the sound lies does not depend on it. */
export const createHead = (samples: number): Uint8Array => {
  const head = new Uint8Array(frameBytesMin);
  head.set(tag);
  head.set(createInfoFrame(samples), tagBytes);
  return head;
};

/** At 112 kbit/s, which leaves room for the tag. */
const infoBytes = Math.floor((144 * 112_000) / 44_100);
const tagBytes = frameBytesMin - infoBytes;

/** ID3v2.4 with one text, the encoder's name, and zeros up to its end; its sizes are below 128. */
const tag = ((): Uint8Array => {
  const bytes = new Uint8Array(tagBytes);
  const text = new TextEncoder();
  const name = text.encode("Rondo");
  bytes.set(text.encode("ID3"));
  bytes[3] = 4;
  bytes[9] = tagBytes - 10;
  bytes.set(text.encode("TSSE"), 10);
  bytes[17] = name.length + 1;
  // The text is UTF-8.
  bytes[20] = 3;
  bytes.set(name, 21);
  return bytes;
})();

const createInfoFrame = (samples: number): Uint8Array => {
  const frames = framesOf(samples);
  const bytes = new Uint8Array(infoBytes);
  const view = new DataView(bytes.buffer);
  // Sync, MPEG-1 Layer III without CRC; 112 kbit/s, 44.1 kHz, no padding; joint stereo, original.
  bytes.set([0xff, 0xfb, 0x80, 0x64]);
  const text = new TextEncoder();
  const info = 4 + sideInformationBytes;
  bytes.set(text.encode("Info"), info);
  // Frames, bytes, table of contents and quality follow.
  view.setUint32(info + 4, 0b1111);
  view.setUint32(info + 8, frames);
  view.setUint32(info + 12, infoBytes + bytesOfFrames(frames));
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
