// Tests a piece whose plan contains no size in bytes: during its generation, when it is finished, after its upload to
// the object store, and as a downloaded file.
import { expect, setDefaultTimeout } from "bun:test";
import { uploadAudio } from "../../../library/tiers/upload-audio.ts";
import type { Generator } from "../../../ports/generator/generator.ts";
import { needsTool } from "../../../testing/runners/needs-tool.ts";
import { createServedStudio } from "../../../testing/served-studio.ts";
import { recordedGenerator } from "../../../testing/sound/recorded-generator.ts";
import { decodeByFfmpeg, makeMp3 } from "../../../testing/sound/test-sound.ts";
import { noSignal } from "../../../testing/studio.ts";

setDefaultTimeout(60_000);

const test = needsTool("ffmpeg", "ffprobe");
const mp3 = Bun.which("ffmpeg") === null ? new Uint8Array() : await makeMp3({ seconds: 20 });

/**
 * Creates a generator whose plan has a length of a minute and no size in bytes. The generator makes
 * only twenty seconds of sound. It calls `beforeEnd` when half of the sound exists.
 */
function openEnded(beforeEnd: () => Promise<void>): Generator {
  const whole = recordedGenerator(mp3, "of unknown size");
  return {
    ...whole,
    deterministic: false,
    async start(request, signal) {
      const { plan, chunks } = await whole.start(request, signal);
      return {
        plan: { ...plan, durationMs: 60_000, plannedBytes: undefined },
        chunks: (async function* () {
          let made = 0;
          for await (const chunk of chunks) {
            if (made++ === 10) await beforeEnd();
            yield chunk;
          }
        })(),
      };
    },
  };
}

test("a growing piece of unknown size is sent completely, without Content-Length", async () => {
  await using served = await createServedStudio();
  const piece = await served.studio.start();
  const at = `/v1/versions/${piece.versionId}`;
  let listening: Promise<Response> | undefined;
  let playlist = "";
  let size: unknown;
  const headers = { authorization: `Bearer ${served.token}` };
  const generator = openEnded(async () => {
    listening = fetch(`${served.url}${at}/audio`, { headers: { ...headers, range: "bytes=0-" } });
    const res = await listening;
    expect([res.status, res.headers.get("content-length")]).toEqual([200, null]);
    playlist = await (await fetch(`${served.url}${at}/playlist.m3u8`, { headers })).text();
    size = ((await (await fetch(`${served.url}${at}`, { headers })).json()) as { audioBytes: unknown })
      .audioBytes;
  });
  await served.studio.run(piece, { generator });
  const heard = new Uint8Array(await (await listening!).arrayBuffer());
  expect(Buffer.from(heard).equals(Buffer.from(mp3))).toBe(true);
  expect(playlist).toContain("#EXT-X-PLAYLIST-TYPE:EVENT");
  expect(playlist).not.toContain("#EXT-X-ENDLIST");
  expect(size).toBeNull();
});

test("the length of a finished piece is the length of its sound, not of its plan", async () => {
  await using served = await createServedStudio();
  const piece = await served.studio.start();
  await served.studio.run(piece, { generator: openEnded(async () => undefined) });
  const at = `/v1/versions/${piece.versionId}`;
  for (const tier of ["chunks", "object"]) {
    if (tier === "object") {
      const { deps, business } = served.studio;
      await uploadAudio(deps, { businessId: business.id, ...piece }, noSignal);
    }
    const version = JSON.parse(Buffer.from((await served.ask("GET", at)).body).toString());
    expect([tier, version.audioBytes, version.durationMs]).toEqual([tier, mp3.length, 21_000]);
    const audio = await served.ask("GET", `${at}/audio`);
    expect([tier, Number(audio.headers.get("content-length"))]).toEqual([tier, mp3.length]);
    const playlist = Buffer.from((await served.ask("GET", `${at}/playlist.m3u8`)).body).toString();
    expect(playlist).toContain("#EXT-X-ENDLIST");
    // The file of the waveform contains a header of 24 bytes, and then 50 pairs of bytes per second.
    const peaks = await served.ask("GET", `${at}/peaks`);
    expect((peaks.body.length - 24) / 100).toBeWithin(19.5, 21.5);
    const file = await served.ask("GET", `${at}/download`);
    expect((await decodeByFfmpeg(file.body)).length / 2 / 44_100).toBeWithin(19.9, 20.2);
  }
});
