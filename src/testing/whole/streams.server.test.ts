// Tests the API and worker processes over loopback with third-party programs: the client library of Durable Streams,
// and ffmpeg as a player of HLS playlists.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { stream } from "@durable-streams/client";
import { needsTool } from "../runners/needs-tool.ts";
import { createRondoClient, readByOffset, type RondoClient } from "./processes/rondo-client.ts";
import { type RondoProcesses, startRondo } from "./processes/rondo-processes.ts";

setDefaultTimeout(60_000);

let rondo: RondoProcesses;
let client: RondoClient;

beforeAll(async () => {
  rondo = await startRondo();
  client = await createRondoClient(rondo.url);
});
afterAll(() => rondo[Symbol.asyncDispose]());

test("if the API is restarted, the client library of Durable Streams still reads each byte once", async () => {
  const started = await client.start({ prompt: "jazz trio", durationSeconds: 20, seed: 11 });
  const response = await stream({
    url: started.links.chunks,
    headers: client.headers,
    offset: "-1",
    live: "long-poll",
  });
  const parts: Uint8Array[] = [];
  let size = 0;
  let killedAt: number | undefined;
  for await (const part of response.bodyStream()) {
    parts.push(part);
    size += part.length;
    if (killedAt !== undefined || size < 16_000) continue;
    killedAt = size;
    await rondo.killApi();
    void rondo.startApi();
  }
  const reference = await readByOffset(started.links.chunks, client.headers);
  expect(killedAt).toBeLessThan(reference.bytes.length);
  expect(Buffer.compare(Buffer.concat(parts), reference.bytes)).toBe(0);
});

needsTool("ffmpeg")(
  "ffmpeg plays a playlist from its start to its end while the piece is still being made",
  async () => {
    const seconds = 20;
    const started = await client.start({
      prompt: "folk guitar and flute",
      durationSeconds: seconds,
      seed: 12,
    });
    const first = await (await fetch(started.links.playlist)).text();
    expect(first).toContain("#EXT-X-ENDLIST");
    const player = Bun.spawn(
      // The timestamps of the playlist come from a 90 kHz clock, and ffmpeg could add samples to the output because of
      // them. So the filter replaces the timestamps with a count of samples.
      [
        ...["ffmpeg", "-v", "error", "-i", started.links.playlist],
        ...["-af", "asetpts=N/SR/TB"],
        ...["-f", "s16le", "-ac", "1", "-ar", "44100", "-"],
      ],
      { stdout: "pipe", stderr: "pipe" },
    );
    const [sound, complaints] = await Promise.all([
      new Response(player.stdout).bytes(),
      new Response(player.stderr).text(),
      player.exited,
    ]);
    expect(complaints).toBe("");
    // The segments are plain MP3 frames, which do not declare the encoder's delay. So a player outputs up to two frames
    // more than the piece has.
    const samples = sound.length / 2;
    expect(samples).toBeGreaterThanOrEqual(seconds * 44_100);
    expect(samples - seconds * 44_100).toBeLessThan(3 * 1152);
    expect(await (await fetch(started.links.playlist)).text()).toBe(first);
  },
);
