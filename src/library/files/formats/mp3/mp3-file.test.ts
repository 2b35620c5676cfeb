import { expect, setDefaultTimeout, test } from "bun:test";
import { parseBuffer } from "music-metadata";
import { toneMp3 } from "../../../../testing/sound/tone.ts";
import { type ByteSource, readRange, sourceOf } from "../byte-source.ts";
import { mp3File } from "./mp3-file.ts";
import type { TrackTags } from "../track-tags.ts";

setDefaultTimeout(60_000);

const tags: TrackTags = {
  title: "Nächte & <Lichter> 🎧",
  prompt: 'slow piano, rain\n"quoted" & 日本語',
  instruction: "faster",
  projectName: "Demo",
  versionId: "01936f1e-8f7a-7000-8000-000000000001",
  versionNumber: 2,
  createdAt: "2026-11-22T07:56:06.123Z",
  durationMs: 3_000,
  sourceType: "algorithmicMedia",
};

const bytesOf = async (source: ByteSource, start = 0) =>
  Buffer.concat(await Array.fromAsync(source.read(start)));

test("after the tag, the file contains the audio byte for byte", async () => {
  const audio = crypto.getRandomValues(new Uint8Array(5_000));
  const file = await mp3File(sourceOf(audio), tags);
  const bytes = await bytesOf(file);
  expect(bytes.length).toBe(file.bytes);
  expect(bytes.subarray(-5_000)).toEqual(Buffer.from(audio));
  expect(bytes.toString("latin1", 0, 3)).toBe("ID3");
});

test("a read from any offset returns the rest of the same file", async () => {
  const file = await mp3File(sourceOf(new Uint8Array(3_000).fill(7)), tags);
  const whole = await bytesOf(file);
  for (const start of [
    0,
    1,
    9,
    10,
    500,
    file.bytes - 3_000,
    file.bytes - 2_999,
    file.bytes - 1,
    file.bytes,
  ]) {
    expect(await bytesOf(file, start)).toEqual(whole.subarray(start));
  }
  const part = Buffer.concat(await Array.fromAsync(readRange(file, 100, 2_345)));
  expect(part).toEqual(whole.subarray(100, 2_345));
  expect(await Array.fromAsync(readRange(file, 5, 5))).toEqual([]);
});

test("audio that is shorter or longer than declared causes an error", async () => {
  for (const bytes of [2_999, 3_001]) {
    const lying = { ...sourceOf(new Uint8Array(3_000)), bytes };
    await expect(bytesOf(await mp3File(lying, tags))).rejects.toMatchObject({ code: "CONTENT_DAMAGED" });
  }
});

test("an independent reader finds the tags and the length of the sound", async () => {
  const bytes = await bytesOf(await mp3File(sourceOf(await toneMp3(3)), tags, async () => "signed"));
  const { common, format, native } = await parseBuffer(bytes, { mimeType: "audio/mpeg" });
  const texts = new Map(native["ID3v2.4"]!.map(({ id, value }) => [id, value]));
  expect(common.title).toBe(tags.title);
  expect(common.album).toBe("Demo");
  expect(common.subtitle).toEqual(["Version 2"]);
  expect(common.comment?.[0]?.text).toBe(`${tags.prompt}\n→ faster`);
  expect(texts.get("TDRC")).toBe("2026-11-22T07:56:06");
  expect(texts.get("TXXX:AI_GENERATED")).toBe("true");
  expect(texts.get("TXXX:DIGITAL_SOURCE_TYPE")).toBe(
    "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
  );
  expect(texts.get("TXXX:RONDO_SIGNATURE")).toBe("signed");
  expect(format.container).toBe("MPEG");
  expect(format.duration).toBeCloseTo(3, 1);
});

test("characters that a tag can't contain are replaced", async () => {
  const hostile = { ...tags, title: "a\0b\u0001c", prompt: "\ud800 lone\r\nline\u0085 ]]> <?xpacket end" };
  const bytes = await bytesOf(await mp3File(sourceOf(await toneMp3(1)), hostile));
  const { common } = await parseBuffer(bytes, { mimeType: "audio/mpeg" });
  expect(common.title).toBe("a b c");
  expect(common.comment?.[0]?.text).toBe("\ufffd lone\nline  ]]> <?xpacket end\n→ faster");
});
