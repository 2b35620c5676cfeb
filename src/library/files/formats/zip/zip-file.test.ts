import { expect, setDefaultTimeout, test } from "bun:test";
import { bytesInUse } from "../../../../testing/measure/bytes-in-use.ts";
import { type ByteSource, sourceOf } from "../byte-source.ts";
import { type ZipEntry, zipFile } from "./zip-file.ts";

setDefaultTimeout(60_000);

const at = Date.UTC(2026, 10, 22, 7, 56, 6);
const entryOf = (name: string, content: Uint8Array | string): ZipEntry => ({
  name,
  modifiedAtMs: at,
  content: sourceOf(typeof content === "string" ? Buffer.from(content) : content),
});
const bytesOf = async (source: ByteSource, start = 0) =>
  Buffer.concat(await Array.fromAsync(source.read(start)));

const album = (): ZipEntry[] => [
  entryOf("manifest.json", '{"tracks":2}'),
  entryOf("Grüße 世界 🎧.mp3", crypto.getRandomValues(new Uint8Array(50_000))),
  entryOf("empty.txt", ""),
  entryOf("waves/one.dat", new Uint8Array(1_000).fill(3)),
];

test("a download that is resumed at any byte returns the same file", async () => {
  const entries = album();
  const whole = await bytesOf(zipFile(entries));
  for (let start = 0; start <= whole.length; start += start < 200 || start > 50_000 ? 13 : 6_007) {
    expect((await bytesOf(zipFile(entries), start)).equals(whole.subarray(start))).toBe(true);
  }
});

test("a resumed download doesn't read an earlier entry with a known checksum again", async () => {
  const whole = await bytesOf(zipFile([entryOf("a.mp3", "some sound")]));
  const crc32 = whole.readUInt32LE(whole.length - 22 - 46 - "a.mp3".length - 9 + 16);
  let reads = 0;
  const content: ByteSource = {
    bytes: 10,
    read(start) {
      reads++;
      return sourceOf(Buffer.from("some sound")).read(start);
    },
  };
  const file = zipFile([{ name: "a.mp3", modifiedAtMs: at, content, crc32 }]);
  expect(await bytesOf(file, file.bytes - 60)).toEqual(whole.subarray(-60));
  expect(reads).toBe(0);
});

test("an entry whose name is not a plain relative path is refused", () => {
  for (const name of ["../x", "a/../b", "/x", "a//b", "", "a\\b", "c:x", "a\0", "."]) {
    expect(() => zipFile([entryOf(name, "x")])).toThrow(RangeError);
  }
});

test("an archive of 500 tracks (480 MB) is made with less than 10 MB of additional memory", async () => {
  const track = new Uint8Array(960_000);
  const file = zipFile(Array.from({ length: 500 }, (_, index) => entryOf(`${index}.mp3`, track)));
  const before = bytesInUse();
  let bytes = 0;
  let peak = 0;
  for await (const chunk of file.read(0)) {
    const measuresNow = bytes % 50_000_000 > (bytes + chunk.length) % 50_000_000;
    bytes += chunk.length;
    if (measuresNow) peak = Math.max(peak, bytesInUse());
  }
  expect(bytes).toBe(file.bytes);
  expect(peak).toBeGreaterThan(0);
  expect(peak - before).toBeLessThan(10_000_000);
});
