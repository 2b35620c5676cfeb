// Tests the exact Content-Length over a real socket. The app sets this header, but the HTTP server could replace it by
// chunked encoding.
import { expect, setDefaultTimeout } from "bun:test";
import { needsTool } from "../../../testing/runners/needs-tool.ts";
import { createServedStudio } from "../../../testing/served-studio.ts";
import { makeMp3 } from "../../../testing/sound/test-sound.ts";

setDefaultTimeout(60_000);

const test = needsTool("ffmpeg");
// The MP3 is larger than 1 MiB, so the whole MP3 is streamed, not sent with a single read.
const mp3 = Bun.which("ffmpeg") === null ? new Uint8Array() : await makeMp3({ seconds: 80 });

test("downloads and finished audio have the exact Content-Length", async () => {
  await using served = await createServedStudio({ RONDO_OBJECTS_URL: "none:" });
  const made = await served.make(mp3);
  for (const path of [
    `/v1/versions/${made.versionId}/download`,
    `/v1/versions/${made.versionId}/download?format=wav`,
    `/v1/projects/${made.projectId}/archive`,
    `/v1/versions/${made.versionId}/audio`,
  ]) {
    const head = await served.ask("HEAD", path);
    const bytes = Number(head.headers.get("content-length"));
    const whole = await served.ask("GET", path);
    expect([path, head.status, whole.status]).toEqual([path, 200, 200]);
    expect(whole.headers.get("transfer-encoding")).toBeNull();
    expect([Number(whole.headers.get("content-length")), whole.body.length]).toEqual([bytes, bytes]);
    for (const [first, last] of [
      [0, bytes - 1],
      [0, 1],
      [1_000, bytes - 1],
      [7, 1_200_000],
      [bytes - 1, bytes - 1],
    ] as const) {
      const part = await served.ask("GET", path, { range: `bytes=${first}-${last}` });
      expect([part.status, part.headers.get("transfer-encoding")]).toEqual([206, null]);
      expect(part.headers.get("content-range")).toBe(`bytes ${first}-${last}/${bytes}`);
      expect(Number(part.headers.get("content-length"))).toBe(last + 1 - first);
      expect(Buffer.compare(part.body, whole.body.subarray(first, last + 1))).toBe(0);
    }
    expect((await served.ask("GET", path, { range: `bytes=${bytes}-` })).status).toBe(416);
  }
});
