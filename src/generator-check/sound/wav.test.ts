// Tests that faulty WAV files are reported as a difference from the contract.
import { expect, test } from "bun:test";
import { Mismatch } from "../mismatch.ts";
import { decodeWav } from "./wav.ts";

/** Returns a WAV file of one second of silence: 16-bit integers, one channel, 8 kHz. */
function silentWav(): Buffer {
  const file = Buffer.alloc(44 + 16_000);
  file.write("RIFF", 0);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8_000, 24);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(16_000, 40);
  return file;
}

test("a WAV file that is cut off in its first 60 bytes is a Mismatch", () => {
  const file = silentWav();
  expect(decodeWav(file).channels[0]).toHaveLength(8_000);
  for (let length = 0; length < 60; length++)
    expect(() => decodeWav(file.subarray(0, length))).toThrow(Mismatch);
});

test("a fmt chunk that is too short for a format is a Mismatch", () => {
  const file = silentWav();
  file.writeUInt32LE(4, 16);
  expect(() => decodeWav(file)).toThrow("expected a whole fmt chunk");
});
