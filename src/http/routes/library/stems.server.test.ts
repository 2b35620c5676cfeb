// Decodes the stems of a piece with ffmpeg, and compares the sum of their left channels with the
// mix.
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApp } from "../../../app.ts";
import { createUserToken } from "../../../accounts/users.ts";
import { parsePrompt } from "../../../composer/prompt/parse-prompt.ts";
import { samplesOf } from "../../../composer/spec.ts";
import { createApiDeps } from "../../../deps/api-deps.ts";
import { needsTool } from "../../../testing/runners/needs-tool.ts";
import { recordedGenerator } from "../../../testing/sound/recorded-generator.ts";
import { createStudio } from "../../../testing/studio.ts";
import { silentLog } from "../../../testing/test-stores.ts";

setDefaultTimeout(120_000);

const studio = await createStudio();
const deps = await createApiDeps(studio.stores.config, silentLog);
const app = createApp(deps);
const folder = await mkdtemp(join(tmpdir(), "rondo-stems-"));
afterAll(async () => {
  await deps.close();
  await studio[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const { token } = await createUserToken(
  deps,
  { kind: "business", businessId: studio.business.id, keyId: "test" },
  { userId: "alice", expiresInSeconds: 600 },
);

const specOf = (durationSeconds: number) =>
  parsePrompt({ prompt: "bossa nova with flute, drums and rain", seed: 5, durationSeconds });

const make = async (durationSeconds: number): Promise<string> => {
  const started = await studio.start({ prompt: "bossa" });
  const generator = recordedGenerator(new Uint8Array(20_000).fill(7), "Bossa", specOf(durationSeconds));
  await studio.run(started, { generator });
  return `/v1/versions/${started.versionId}/download?format=stems`;
};

const get = (path: string, headers: Record<string, string> = {}) =>
  app.request(path, { headers: { ...headers, authorization: `Bearer ${token}` } });

/** Decodes the left channel. */
const decode = async (path: string): Promise<Float32Array> => {
  const decoder = Bun.spawn(["ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-"], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, complaints] = await Promise.all([
    new Response(decoder.stdout).arrayBuffer(),
    new Response(decoder.stderr).text(),
  ]);
  expect(complaints).toBe("");
  return new Float32Array(out).filter((_, at) => at % 2 === 0);
};

needsTool("ffmpeg", "unzip")(
  "where the limiter changes nothing, the sum of the stems equals the mix",
  async () => {
    const path = await make(10);
    const res = await get(path);
    expect([res.status, res.headers.get("content-type")]).toEqual([200, "application/zip"]);
    const file = new Uint8Array(await res.arrayBuffer());
    const part = await get(path, { range: "bytes=10-99" });
    expect(part.headers.get("content-range")).toBe(`bytes 10-99/${file.length}`);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(file.slice(10, 100));
    await Bun.write(join(folder, "stems.zip"), file);
    const unzip = Bun.spawnSync(["unzip", "-q", "stems.zip"], { cwd: folder });
    expect([unzip.exitCode, String(unzip.stderr)]).toEqual([0, ""]);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".wav")).toSorted();
    expect(names).toEqual([
      "Bass (double bass).wav",
      "Chords (acoustic guitar).wav",
      "Drums (brushes kit).wav",
      "Melody (flute).wav",
      "Mix.wav",
      "Pad (strings).wav",
      "Textures (rain).wav",
    ]);
    const sounds = await Promise.all(names.map((name) => decode(join(folder, name))));
    for (const sound of sounds) expect(sound.length).toBe(samplesOf(specOf(10)));
    const mix = sounds[names.indexOf("Mix.wav")]!;
    const stems = sounds.filter((sound) => sound !== mix);
    for (const stem of stems) expect(Math.max(...stem.subarray(0, 200_000))).toBeGreaterThan(0.001);

    const sum = mix.map((_, at) => stems.reduce((total, stem) => total + stem[at]!, 0));
    let [same, quietUntil, largest] = [0, 0, 0];
    // At a peak, the limiter makes the mix quieter than the sum of the stems. This begins 256 samples before the peak
    // and ends at most a second after the peak. So the samples around a peak are not compared: the 512 samples
    // before the peak (256 of them are a margin), and the samples of the second after the peak.
    for (let at = 0; at < mix.length; at++) {
      if (Math.abs(sum[Math.min(sum.length - 1, at + 512)]!) > 0.5) quietUntil = at + 512 + 44_100;
      if (at < quietUntil) continue;
      same++;
      largest = Math.max(largest, Math.abs(sum[at]! - mix[at]!));
    }
    expect(same / mix.length).toBeGreaterThan(0.1);
    expect(largest).toBeLessThan(0.001);
  },
);

test("after a cancelled download of stems, the next client can download the stems", async () => {
  const path = await make(600);
  for (let time = 0; time < 3; time++) {
    const reader = (await get(path)).body!.getReader();
    let bytes = 0;
    while (bytes < 500_000) bytes += (await reader.read()).value?.length ?? Number.POSITIVE_INFINITY;
    await reader.cancel();
  }
});
