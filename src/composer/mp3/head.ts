// Builds the head of a piece. The head is as long as one MP3 frame and consists of a small ID3v2 tag and an Info frame.
// The ID3v2 tag keeps players from looking for a tag at the end of the file, which does not exist while the piece is
// being made. The Info frame is a Xing header with LAME's tag. If the length of the piece is known, the Info frame
// declares the exact length, before the sound is made.

import { bytesOfFrames, declaredDelay, frameBytesMin, framesOf, samplesPerFrame } from "./frames.ts";

/**
 * Creates the head of a piece with `samples` samples per channel. The head has the size of a frame without the padding
 * byte, so the sound begins at the same offset in every file.
 */
export const createHead = (samples: number): Uint8Array => headOf(createInfoFrame(samples));

/**
 * Creates the head of a piece whose length isn't known yet. `delay` is the number of samples that
 * the encoder added before the first sample of the sound.
 */
export const createOpenHead = (delay: number = declaredDelay): Uint8Array => {
  const frame = createEmptyInfoFrame(0);
  writeLameTag(frame, infoStart + 8, { delay, padding: 0 });
  return headOf(frame);
};

const headOf = (infoFrame: Uint8Array): Uint8Array => {
  const head = new Uint8Array(frameBytesMin);
  head.set(tag);
  head.set(infoFrame, tagBytes);
  return head;
};

/** The size in bytes of an Info frame at 112 kbit/s, which leaves room for the ID3v2 tag. */
const infoBytes = Math.floor((144 * 112_000) / 44_100);
const tagBytes = frameBytesMin - infoBytes;

/**
 * An ID3v2.4 tag with the name of the encoder as its only text, padded with zeros. In such a tag, a size has seven bits
 * per byte. All sizes here are below 128, so each fits in one byte.
 */
const tag = ((): Uint8Array => {
  const bytes = new Uint8Array(tagBytes);
  const text = new TextEncoder();
  const name = text.encode("Rondo");
  bytes.set(text.encode("ID3"));
  bytes[3] = 4;
  bytes[9] = tagBytes - 10;
  bytes.set(text.encode("TSSE"), 10);
  bytes[17] = name.length + 1;
  // The value 3 means UTF-8.
  bytes[20] = 3;
  bytes.set(name, 21);
  return bytes;
})();

/** The size in bytes of a stereo MPEG-1 frame's side information, which follows the frame's header. */
const sideInformationBytes = 32;
const infoStart = 4 + sideInformationBytes;

/**
 * Each of the lowest four bits of `flags` says whether a field follows. The fields, from the lowest
 * bit on: number of frames, number of bytes, table of contents, quality.
 */
const createEmptyInfoFrame = (flags: number): Uint8Array => {
  const bytes = new Uint8Array(infoBytes);
  // These bytes mean: sync, MPEG-1 Layer III without CRC; 112 kbit/s, 44.1 kHz, no padding; joint
  // stereo, original.
  bytes.set([0xff, 0xfb, 0x80, 0x64]);
  bytes.set(new TextEncoder().encode("Info"), infoStart);
  new DataView(bytes.buffer).setUint32(infoStart + 4, flags);
  return bytes;
};

const createInfoFrame = (samples: number): Uint8Array => {
  const frames = framesOf(samples);
  const bytes = createEmptyInfoFrame(0b1111);
  const view = new DataView(bytes.buffer);
  view.setUint32(infoStart + 8, frames);
  view.setUint32(infoStart + 12, infoBytes + bytesOfFrames(frames));
  // At a constant bit rate, each percent of the time is a percent of the bytes.
  for (let percent = 0; percent < 100; percent++)
    bytes[infoStart + 16 + percent] = Math.round((percent * 256) / 100);
  view.setUint32(infoStart + 116, 50);
  const padding = frames * samplesPerFrame - samples - declaredDelay;
  writeLameTag(bytes, infoStart + 120, { delay: declaredDelay, padding });
  return bytes;
};

const writeLameTag = (
  bytes: Uint8Array,
  at: number,
  { delay, padding }: { readonly delay: number; readonly padding: number },
): void => {
  bytes.set(new TextEncoder().encode("LAME3.100"), at);
  // This byte means: tag revision 0, constant bit rate.
  bytes[at + 9] = 0x01;
  bytes[at + 20] = 128;
  // Two numbers of twelve bits follow: the samples to skip at the beginning and at the end.
  bytes[at + 21] = delay >> 4;
  bytes[at + 22] = ((delay & 15) << 4) | (padding >> 8);
  bytes[at + 23] = padding & 255;
};
