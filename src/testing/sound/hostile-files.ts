// Makes files for which a careless parser would need far too much time, although the files are not long. Each file has
// `bytes` bytes. There is one exception: a file that consists of one ID3v2 tag is never longer than 1,048,000 bytes.

const id3TagOf = (version: number, body: Buffer): Buffer<ArrayBuffer> => {
  const length = [21, 14, 7, 0].map((shift) => (body.length >> shift) & 127);
  return Buffer.concat([Buffer.from([0x49, 0x44, 0x33, version, 0, 0, ...length]), body]);
};

const riffOf = (bytes: number, part: string): Buffer<ArrayBuffer> =>
  Buffer.concat([
    Buffer.from("RIFF\xff\xff\xff\x7fWAVE", "latin1"),
    Buffer.alloc(bytes - 12, part, "latin1"),
  ]);

export function hostileFiles(bytes: number): Readonly<Record<string, Buffer<ArrayBuffer>>> {
  const tagBytes = Math.min(bytes, 1_048_000) - 10;
  const textOfZeros = Buffer.alloc(tagBytes);
  textOfZeros.write("TXXX\0\x03\x7f\x7f\0\0\x03", "latin1");
  const longPart = riffOf(bytes, "\0");
  longPart.write("data\xff\xff\xff\x7f", 12, "latin1");
  return {
    "a RIFF of empty parts": riffOf(bytes, "junk\0\0\0\0"),
    "a RIFF of empty tags": riffOf(bytes, "id3 \0\0\0\0"),
    "a RIFF of one part": longPart,
    "an ID3v2.3 tag of empty frames": id3TagOf(3, Buffer.alloc(tagBytes, "XXXX\0\0\0\0\0\0", "latin1")),
    "an ID3v2.4 tag of empty frames": id3TagOf(4, Buffer.alloc(tagBytes, "XXXX\0\0\0\0\0\0", "latin1")),
    "an ID3v2.4 text of zeros": id3TagOf(4, textOfZeros),
    "ID3 tags without an end": Buffer.alloc(bytes, id3TagOf(4, Buffer.alloc(0))),
    "MP3 frames of nothing": Buffer.alloc(bytes, "\xff\xfb\x90\x64", "latin1"),
  };
}
