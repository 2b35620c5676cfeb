// Builds the head of a piece, as large as one frame: a small ID3v2 tag, since players without one look for a tag at the end of the file,
// which does not exist yet; and the Info frame, which declares the exact length before the sound is made. Format: Xing header with LAME's tag.

import { bytesOfFrames, declaredDelay, frameBytesMin, framesOf, samplesPerFrame } from "./frames.ts";

/** Creates the head. It is as large as a frame without padding, so the offset of the sound is constant. */
export const createHead = (samples: number): Uint8Array => {
  const head = new Uint8Array(frameBytesMin);
  head.set(tag);
  head.set(createInfoFrame(samples), tagBytes);
  return head;
};

/** The size of an Info frame at 112 kbit/s, which leaves room for the tag. */
const infoBytes = Math.floor((144 * 112_000) / 44_100);
const tagBytes = frameBytesMin - infoBytes;

/** ID3v2.4 with one text, the name of the encoder, padded with zeros; its sizes are below 128. */
const tag = ((): Uint8Array => {
  const bytes = new Uint8Array(tagBytes);
  const text = new TextEncoder();
  const name = text.encode("Rondo");
  bytes.set(text.encode("ID3"));
  bytes[3] = 4;
  bytes[9] = tagBytes - 10;
  bytes.set(text.encode("TSSE"), 10);
  bytes[17] = name.length + 1;
  // 3 is UTF-8.
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
  // The flags: frames, bytes, table of contents and quality follow.
  view.setUint32(info + 4, 0b1111);
  view.setUint32(info + 8, frames);
  view.setUint32(info + 12, infoBytes + bytesOfFrames(frames));
  // At a constant bit rate, each percent of the time is a percent of the bytes.
  for (let percent = 0; percent < 100; percent++)
    bytes[info + 16 + percent] = Math.round((percent * 256) / 100);
  view.setUint32(info + 116, 50);

  const lame = info + 120;
  bytes.set(text.encode("LAME3.100"), lame);
  // Tag revision 0, constant bit rate.
  bytes[lame + 9] = 0x01;
  bytes[lame + 20] = 128;
  const padding = frames * samplesPerFrame - samples - declaredDelay;
  // Two numbers of twelve bits: the samples to skip at the beginning and at the end.
  bytes[lame + 21] = declaredDelay >> 4;
  bytes[lame + 22] = ((declaredDelay & 15) << 4) | (padding >> 8);
  bytes[lame + 23] = padding & 255;
  return bytes;
};

/** The size of the side information of a stereo MPEG-1 frame, between its header and its data, in bytes. */
const sideInformationBytes = 32;
