// Tests that ffprobe and Python's XML reader accept the tags of an MP3 file.
import { expect, setDefaultTimeout } from "bun:test";
import { parseBuffer } from "music-metadata";
import { needsTool } from "../../../../testing/runners/needs-tool.ts";
import { decodeByFfmpeg, makeMp3, probe } from "../../../../testing/sound/test-sound.ts";
import { toneMp3 } from "../../../../testing/sound/tone.ts";
import { type ByteSource, sourceOf } from "../byte-source.ts";
import type { TrackTags } from "../track-tags.ts";
import { mp3File } from "./mp3-file.ts";

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

const bytesOf = async (source: ByteSource) => Buffer.concat(await Array.fromAsync(source.read(0)));

needsTool("python3")("the XMP packet is valid XML and contains the IPTC digital source type", async () => {
  const bytes = await bytesOf(await mp3File(sourceOf(await toneMp3(1)), tags));
  const { native } = await parseBuffer(bytes, { mimeType: "audio/mpeg" });
  const { owner_identifier, data } = native["ID3v2.4"]!.find(({ id }) => id === "PRIV")!.value as {
    owner_identifier: string;
    data: Uint8Array;
  };
  expect(owner_identifier).toBe("XMP");
  const script = `import sys, xml.etree.ElementTree as e
root = e.fromstring(sys.stdin.buffer.read())
for node in root.iter():
    for value in [*node.attrib.values(), (node.text or "").strip()]:
        if value: print(value)`;
  const { stdout, stderr } = Bun.spawnSync(["python3", "-X", "utf8", "-c", script], {
    stdin: data,
    stderr: "pipe",
  });
  expect(stderr.toString()).toBe("");
  const values = stdout.toString();
  expect(values).toContain("http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia\n");
  expect(values).toContain(`${tags.title}\n`);
  expect(values).toContain(`${tags.prompt}\n→ faster\n`);
  expect(values).toContain(tags.versionId);
});

needsTool("ffmpeg", "ffprobe")("ffprobe reads the tags of an MP3 without a warning", async () => {
  const audio = await makeMp3();
  const bytes = await bytesOf(await mp3File(sourceOf(audio), tags));
  const { format, streams, warnings } = await probe(bytes);
  expect(warnings).toBe("");
  expect(format.format_name).toBe("mp3");
  expect(format.tags).toMatchObject({
    title: tags.title,
    album: "Demo",
    comment: `${tags.prompt}\n→ faster`,
    AI_GENERATED: "true",
  });
  expect(streams[0]).toMatchObject({ codec_name: "mp3", sample_rate: "44100" });
  expect(await decodeByFfmpeg(bytes)).toEqual(await decodeByFfmpeg(audio));
});
