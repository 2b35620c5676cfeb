// Tests the API and worker processes over loopback:
// - A prompt becomes sound.
// - Byte ranges, reads by offset, and server-sent events return the same bytes.
// - When a process is killed, no audio and no accepted request is lost.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { onCi } from "../runners/on-ci.ts";
import { onEachProfile, type ProfileStores } from "../profiles.ts";
import { createBusinessClient, readByOffset, type RondoClient } from "./processes/rondo-client.ts";
import { type RondoProcesses, startRondo } from "./processes/rondo-processes.ts";

setDefaultTimeout(60_000);

const bytesOf = async (res: Response) => new Uint8Array(await res.arrayBuffer());
const hashOf = (bytes: Uint8Array) => new Bun.CryptoHasher("sha256").update(bytes).digest("hex");

/** Reads the audio of a stream as server-sent events until its end. */
async function readBySse(url: string, headers: Record<string, string>): Promise<Uint8Array<ArrayBuffer>> {
  const res = await fetch(`${url}?offset=-1&live=sse`, { headers });
  expect(res.headers.get("content-type")).toStartWith("text/event-stream");
  const text = await res.text();
  const parts = text
    .split("\n\n")
    .filter((event) => /^event: data$/m.test(event))
    .map((event) => [...event.matchAll(/^data:(.*)$/gm)].map((match) => match[1]?.trim() ?? "").join(""));
  return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part, "base64"))));
}

/** Reads the audio as the page does: in windows, each of which begins at the byte after the previous window. */
async function readByWindows(
  url: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; totals: Set<string>; windows: number }> {
  const parts: Uint8Array[] = [];
  const totals = new Set<string>();
  let at = 0;
  for (;;) {
    const res = await fetch(url, { headers: { range: `bytes=${at}-${at + 65_535}` } });
    expect(res.status).toBe(206);
    const [, , to, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(res.headers.get("content-range") ?? "") ?? [];
    totals.add(total ?? "?");
    parts.push(await bytesOf(res));
    at = Number(to) + 1;
    if (at >= Number(total))
      return { bytes: new Uint8Array(Buffer.concat(parts)), totals, windows: parts.length };
  }
}

/**
 * Expects that ffprobe finds an MP3 of this length, that ffmpeg decodes the file to audible sound, and that neither
 * program writes a warning. If ffprobe is not installed, nothing is checked. On CI, a missing ffprobe is an error.
 */
async function expectCleanMp3(file: string, seconds: number): Promise<void> {
  if (Bun.which("ffprobe") === null) {
    if (onCi) throw new Error("ffprobe is missing");
    console.log("ffprobe is not installed, so decoding is not checked");
    return;
  }
  const probe = Bun.spawnSync([
    "ffprobe",
    "-v",
    "warning",
    "-of",
    "json",
    "-show_format",
    "-show_streams",
    file,
  ]);
  expect(probe.stderr.toString()).toBe("");
  const { format, streams } = JSON.parse(probe.stdout.toString());
  expect(format.format_name).toBe("mp3");
  expect(streams[0].codec_name).toBe("mp3");
  expect(Math.abs(Number(format.duration) - seconds)).toBeLessThan(0.05);
  const decode = Bun.spawnSync(["ffmpeg", "-v", "warning", "-i", file, "-f", "s16le", "-ac", "1", "-"]);
  expect(decode.stderr.toString()).toBe("");
  const samples = new Int16Array(
    decode.stdout.buffer,
    decode.stdout.byteOffset,
    decode.stdout.byteLength / 2,
  );
  expect(samples.length).toBe(seconds * 44_100);
  expect(Math.max(...samples.subarray(44_100, 88_200))).toBeGreaterThan(1000);
}

onEachProfile((profile) => {
  let rondo: RondoProcesses;
  let client: RondoClient;
  let stores: ProfileStores;

  beforeAll(async () => {
    stores = await profile.openStores();
    rondo = await startRondo(stores.environment);
    client = await createBusinessClient(rondo, "acme");
  });
  afterAll(async () => {
    await rondo[Symbol.asyncDispose]();
    await stores[Symbol.asyncDispose]();
  });

  test("byte ranges, reads by offset and server-sent events return the same bytes", async () => {
    const started = await client.start({
      prompt: "warm lo-fi with vinyl crackle",
      durationSeconds: 10,
      seed: 1,
    });
    const [windows, chunks, events] = await Promise.all([
      readByWindows(started.links.audio),
      readByOffset(started.links.chunks, client.headers),
      readBySse(started.links.chunks, client.headers),
    ]);
    const generation = await client.untilEnded(started);
    expect(generation).toMatchObject({
      state: "complete",
      plannedMs: 10_000,
      generatedMs: 10_000,
      plannedBytes: chunks.bytes.length,
    });
    // Each window's response stated the final size, even while the audio was still being made.
    expect([...windows.totals]).toEqual([String(chunks.bytes.length)]);
    expect(windows.windows).toBeGreaterThan(1);
    expect(hashOf(windows.bytes)).toBe(hashOf(chunks.bytes));
    expect(hashOf(events)).toBe(hashOf(chunks.bytes));

    const whole = await fetch(started.links.audio);
    expect(whole.headers.get("content-type")).toBe("audio/mpeg");
    expect(hashOf(await bytesOf(whole))).toBe(hashOf(chunks.bytes));
    const middle = await fetch(started.links.audio, { headers: { range: "bytes=1000-1999" } });
    expect(middle.status).toBe(206);
    expect(await bytesOf(middle)).toEqual(chunks.bytes.slice(1000, 2000));

    const file = join(rondo.dataDir, "piece.mp3");
    await Bun.write(file, chunks.bytes);
    await expectCleanMp3(file, 10);
  });

  test("a listener that reconnects at an offset gets the bytes that follow this offset", async () => {
    const started = await client.start({ prompt: "quiet piano", durationSeconds: 10, seed: 2 });
    const reference = readByOffset(started.links.chunks, client.headers);
    const first = await fetch(`${started.links.chunks}?offset=-1&live=long-poll`, {
      headers: client.headers,
    });
    const head = await bytesOf(first);
    const rest = await fetch(`${started.links.chunks}?offset=${first.headers.get("stream-next-offset")}`, {
      headers: client.headers,
    });
    const joined = Buffer.concat([head, await bytesOf(rest)]);
    const { bytes } = await reference;
    expect(joined.length).toBeGreaterThan(0);
    expect(Buffer.compare(joined, bytes.subarray(0, joined.length))).toBe(0);
  });

  test("if the API is killed during a stream, a listener that reconnects gets every byte exactly once", async () => {
    const started = await client.start({ prompt: "house with a driving bass", durationSeconds: 20, seed: 3 });
    let killed = false;
    const { bytes, breaks } = await readByOffset(started.links.chunks, client.headers, {
      async onPart(size) {
        if (killed || size < 16_000) return;
        killed = true;
        await rondo.killApi();
        void rondo.startApi();
      },
    });
    expect(killed).toBe(true);
    expect(breaks).toBeGreaterThan(0);
    const generation = await client.untilEnded(started);
    expect(generation).toMatchObject({ state: "complete", plannedBytes: bytes.length });
    expect(hashOf(await bytesOf(await fetch(started.links.audio)))).toBe(hashOf(bytes));
  });

  test("if the worker is killed during a generation, another worker makes the same bytes", async () => {
    const body = { prompt: "cinematic strings", durationSeconds: 20, seed: 4 };
    const unbroken = await client.start(body);
    const reference = await readByOffset(unbroken.links.chunks, client.headers);

    const started = await client.start(body);
    let stateAtKill: unknown;
    const { bytes } = await readByOffset(started.links.chunks, client.headers, {
      async onPart(size) {
        if (stateAtKill !== undefined || size < 16_000) return;
        await rondo.killWorker();
        stateAtKill = (await client.state(started)).state;
        await rondo.startWorker();
      },
    });
    expect(stateAtKill).toBe("running");
    expect(await client.untilEnded(started)).toMatchObject({ state: "complete" });
    expect(hashOf(bytes)).toBe(hashOf(reference.bytes));
  });

  test("if the API is killed before a worker starts, an accepted piece is still generated", async () => {
    await rondo.killWorker();
    const started = await client.start({ prompt: "folk guitar", durationSeconds: 10, seed: 5 });
    await rondo.killApi();
    await Promise.all([rondo.startApi(), rondo.startWorker()]);
    expect(await client.untilEnded(started)).toMatchObject({ state: "complete", generatedMs: 10_000 });
  });

  test("if a generation is cancelled, the stream of its audio is closed within five seconds", async () => {
    const started = await client.start({ prompt: "ambient drone", durationSeconds: 600, seed: 6 });
    await readFirst(started.links.chunks);
    const stopped = await fetch(started.links.self, { method: "DELETE", headers: client.headers });
    expect(await stopped.json()).toMatchObject({ state: "cancelled" });
    const { bytes } = await readByOffset(started.links.chunks, client.headers, { limitMs: 5_000 });
    expect(bytes.length).toBeGreaterThan(0);
  });

  async function readFirst(url: string): Promise<void> {
    const res = await fetch(`${url}?offset=-1&live=long-poll`, { headers: client.headers });
    await res.arrayBuffer();
  }
});
