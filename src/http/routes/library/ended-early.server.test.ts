// Tests pieces whose generation was cancelled or failed: their responses have the length of the sound that was
// generated.
import { expect, setDefaultTimeout } from "bun:test";
import { cancelGeneration } from "../../../generations/cancel-generation.ts";
import { uploadAudio } from "../../../library/tiers/upload-audio.ts";
import type { Generator } from "../../../ports/generator/generator.ts";
import { needsTool } from "../../../testing/runners/needs-tool.ts";
import { recordedGenerator } from "../../../testing/sound/recorded-generator.ts";
import { createServedStudio, type RawAnswer } from "../../../testing/served-studio.ts";
import { noSignal } from "../../../testing/studio.ts";
import { decodeByFfmpeg, makeMp3, probe } from "../../../testing/sound/test-sound.ts";

setDefaultTimeout(60_000);

const test = needsTool("ffmpeg", "ffprobe");
const mp3 = Bun.which("ffmpeg") === null ? new Uint8Array() : await makeMp3({ seconds: 20 });
const chunksMade = 5;

const jsonOf = ({ body }: RawAnswer) => JSON.parse(Buffer.from(body).toString());

/** Creates a generator that calls `beforeEnd` before its sixth chunk. `beforeEnd` ends the generation. */
function endedEarly(beforeEnd: () => Promise<void>): Generator {
  const whole = recordedGenerator(mp3, "ended early");
  return {
    ...whole,
    async start(request, signal) {
      const { plan, chunks } = await whole.start(request, signal);
      return {
        plan,
        chunks: (async function* () {
          let made = 0;
          for await (const chunk of chunks) {
            if (made++ === chunksMade) await beforeEnd();
            yield chunk;
          }
        })(),
      };
    },
  };
}

for (const how of ["cancelled", "failed"] as const) {
  test(`the files of a ${how} piece have the length of the sound that was generated`, async () => {
    await using served = await createServedStudio();
    const { studio } = served;
    const piece = await studio.start();
    const generator = endedEarly(async () => {
      if (how === "failed") throw new Error("The strings snapped.");
      await cancelGeneration(studio.deps, studio.alice, piece.requestId);
    });
    await studio.run(piece, { generator });
    const at = `/v1/versions/${piece.versionId}`;

    const audio = await served.ask("GET", `${at}/audio`);
    expect(audio.body.length).toBe(chunksMade * 16_000);
    expect(Number(audio.headers.get("content-length"))).toBe(audio.body.length);
    const made = (await decodeByFfmpeg(audio.body)).length / 2 / 44_100;
    expect(made).toBeWithin(4.5, 5);

    for (const tier of ["chunks", "object"]) {
      if (tier === "object") {
        const { businessId } = studio.alice;
        await uploadAudio(studio.deps, { businessId, versionId: piece.versionId }, noSignal);
      }
      const view = jsonOf(await served.ask("GET", at));
      expect(view).toMatchObject({ state: how, audioBytes: chunksMade * 16_000 });
      expect(Math.abs(view.durationMs / 1000 - made)).toBeLessThan(0.05);

      const file = (await served.ask("GET", `${at}/download`)).body;
      const { format, warnings } = await probe(file);
      expect(warnings).toBe("");
      expect(Number(format.tags.TLEN)).toBe(view.durationMs);
      expect(Math.abs(Number(format.duration) - made)).toBeLessThan(0.05);
      const samples = await decodeByFfmpeg(file);
      expect(Math.abs(samples.length / 2 / 44_100 - made)).toBeLessThan(0.05);

      const wavAt = `${at}/download?format=wav`;
      const wav = await served.ask("GET", wavAt);
      expect(Number((await served.ask("HEAD", wavAt)).headers.get("content-length"))).toBe(wav.body.length);
      expect((await decodeByFfmpeg(wav.body)).length).toBe(samples.length);
      for (const body of [file, wav.body]) {
        const verdict = await fetch(`${served.url}/v1/verify`, { method: "POST", body });
        expect(await verdict.json()).toMatchObject({ verdict: "unaltered" });
      }
    }

    const playlist = String(Buffer.from((await served.ask("GET", `${at}/playlist.m3u8`)).body));
    const seconds = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, length]) => Number(length));
    expect(playlist).toContain("#EXT-X-ENDLIST");
    expect(Math.abs(seconds.reduce((sum, one) => sum + one, 0) - made)).toBeLessThan(0.05);
    const { requestId } = piece;
    const generation = jsonOf(await served.ask("GET", `/v1/generations/${requestId}`));
    expect(Math.abs(generation.generatedMs / 1000 - made)).toBeLessThan(0.05);
  });
}

test("if a generation is cancelled before its start, its piece has the length 0", async () => {
  await using served = await createServedStudio();
  const { studio } = served;
  const piece = await studio.start();
  await cancelGeneration(studio.deps, studio.alice, piece.requestId);
  const view = await served.ask("GET", `/v1/versions/${piece.versionId}`);
  expect(jsonOf(view)).toMatchObject({ audioBytes: 0, durationMs: 0 });
  expect((await served.ask("GET", `/v1/versions/${piece.versionId}/download`)).status).toBe(409);
});
