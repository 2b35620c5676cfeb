// Tests the WAV file of a download with ffmpeg, ffprobe and an independent reader of tags.
import { expect } from "bun:test";
import { parseBuffer } from "music-metadata";
import { bytesInUse } from "../../../../testing/measure/bytes-in-use.ts";
import { needsTool } from "../../../../testing/runners/needs-tool.ts";
import { decodeByFfmpeg, makeMp3, probe } from "../../../../testing/sound/test-sound.ts";
import { type ByteSource, sourceOf } from "../byte-source.ts";
import { pcmFactsOf } from "../mp3/pcm.ts";
import type { TrackTags } from "../track-tags.ts";
import { wavFile } from "./wav-file.ts";

const tags: TrackTags = {
  title: "Nächte",
  prompt: "slow piano",
  versionId: "01936f1e-8f7a-7000-8000-000000000001",
  versionNumber: 1,
  createdAt: "2026-11-22T07:56:06.123Z",
  sourceType: "algorithmicMedia",
};
const test = needsTool("ffmpeg", "ffprobe");
const bytesOf = async (source: ByteSource, start = 0) =>
  Buffer.concat(await Array.fromAsync(source.read(start)));

/** Reads the bytes in pieces of `crumb` bytes, like a slow store. */
const inCrumbs = (bytes: Uint8Array, crumb: number): ByteSource => ({
  bytes: bytes.length,
  async *read(start) {
    for (let at = start; at < bytes.length; at += crumb) yield bytes.subarray(at, at + crumb);
  },
});

test("the samples of a WAV differ by at most 1 from the samples of ffmpeg", async () => {
  for (const form of [{}, { channels: 1 }, { sampleRate: 48_000 }, { sampleRate: 22_050, seconds: 2 }]) {
    const mp3 = await makeMp3(form);
    const { sampleRate, channels, samples } = await pcmFactsOf(sourceOf(mp3));
    const file = await wavFile(sourceOf(mp3), tags);
    const bytes = await bytesOf(file);
    expect(bytes.length).toBe(file.bytes);
    const [ours, theirs] = [await decodeByFfmpeg(bytes), await decodeByFfmpeg(mp3)];
    expect(samples).toBe((form.seconds ?? 3) * sampleRate);
    expect(ours.length).toBe(samples * channels);
    expect(theirs.length).toBe(ours.length);
    let farthest = 0;
    for (const [at, sample] of ours.entries()) farthest = Math.max(farthest, Math.abs(sample - theirs[at]!));
    expect(farthest).toBeLessThanOrEqual(1);
  }
}, 60_000);

test("a WAV can also be made from an MP3 that doesn't declare its length", async () => {
  const mp3 = await makeMp3({ infoFrame: false });
  const file = await wavFile(sourceOf(mp3), tags);
  expect((await bytesOf(file)).length).toBe(file.bytes);
  expect((await pcmFactsOf(sourceOf(mp3))).samples).toBeGreaterThan(3 * 44_100);
});

test("a read of a WAV from any offset returns the same bytes", async () => {
  const mp3 = await makeMp3({ seconds: 2 });
  const sign = async (hash: Uint8Array): Promise<string> => Buffer.from(hash).toString("hex");
  const whole = await bytesOf(await wavFile(sourceOf(mp3), tags, sign));
  expect(whole.toString("latin1")).toContain("RONDO_SIGNATURE");
  for (const crumb of [7, 417, 10_000]) {
    expect((await bytesOf(await wavFile(inCrumbs(mp3, crumb), tags, sign))).equals(whole)).toBe(true);
  }
  for (const start of [1, 44, 2_000, 200_001, whole.length - 900, whole.length - 1]) {
    const file = await wavFile(sourceOf(mp3), tags, sign);
    expect((await bytesOf(file, start)).equals(whole.subarray(start))).toBe(true);
  }
}, 60_000);

test("ffprobe and an independent reader find the tags of a WAV", async () => {
  const bytes = await bytesOf(await wavFile(sourceOf(await makeMp3()), tags));
  const { format, streams, warnings } = await probe(bytes);
  // The file has the tags twice, as a LIST chunk and as an ID3 chunk, because some programs read only one of them.
  // ffprobe reports which chunk it ignored.
  expect(warnings.replace(/.*Discarding ID3 tags because more suitable tags were found.\n/, "")).toBe("");
  expect(format).toMatchObject({ format_name: "wav", duration: "3.000000" });
  expect(format.tags).toMatchObject({ title: "Nächte", comment: "slow piano", date: "2026-11-22" });
  expect(streams[0]).toMatchObject({ codec_name: "pcm_s16le" });
  const { common, format: facts, native } = await parseBuffer(bytes, { mimeType: "audio/wav" });
  expect(common.title).toBe("Nächte");
  expect(facts).toMatchObject({ numberOfChannels: 2, bitsPerSample: 16, sampleRate: 44_100 });
  expect(native["ID3v2.4"]!.find(({ id }) => id === "TXXX:AI_GENERATED")?.value).toBe("true");
});

test("content that is damaged or not an MP3 fails with CONTENT_DAMAGED", async () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array(5_000), Buffer.from("RIFF")]) {
    await expect(wavFile(sourceOf(bytes), tags)).rejects.toMatchObject({ code: "CONTENT_DAMAGED" });
  }
  const short = (await makeMp3()).subarray(0, 20_000);
  await expect(bytesOf(await wavFile(sourceOf(short), tags))).rejects.toMatchObject({
    code: "CONTENT_DAMAGED",
  });
});

test("the memory in use grows by less than 5 MB while a WAV of 26 MB is read", async () => {
  const file = await wavFile(sourceOf(await makeMp3({ seconds: 150 })), tags);
  const checkEvery = 2_000_000;
  const measured: number[] = [];
  let bytes = 0;
  for await (const chunk of file.read(0)) {
    bytes += chunk.length;
    if (bytes >= checkEvery * (measured.length + 1)) measured.push(bytesInUse());
  }
  expect(bytes).toBe(file.bytes);
  expect(measured.length).toBeGreaterThan(10);
  expect(Math.max(...measured) - measured[0]!).toBeLessThan(5_000_000);
}, 60_000);
