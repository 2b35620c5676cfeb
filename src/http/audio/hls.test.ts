// Tests HLS over a real server: the playlist and the segments, during and after generation.
import { expect, setDefaultTimeout, test } from "bun:test";
import { key, openHlsServer as open, sizeOf, write } from "../../testing/servers/hls-server.ts";
import { createTone } from "../../testing/sound/tone.ts";

setDefaultTimeout(60_000);

const secondsOf = (playlist: string): number[] =>
  [...playlist.matchAll(/^#EXTINF:([\d.]+),$/gm)].map((match) => Number(match[1]));
const uris = (playlist: string): string[] => playlist.split("\n").filter((line) => /^[^#]/.test(line));
const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);

/** Splits a segment into the time in its ID3 tag and the sound that follows the tag. */
function opened(segment: Buffer): { readonly startSeconds: number; readonly sound: Buffer } {
  expect(segment.subarray(0, 3).toString()).toBe("ID3");
  expect(segment.includes("com.apple.streaming.transportStreamTimestamp\0")).toBe(true);
  return { startSeconds: Number(segment.readBigUInt64BE(65)) / 90_000, sound: segment.subarray(73) };
}

test("the segments of a finished stream contain all of its sound", async () => {
  const { server, writer, playlistUrl } = await open();
  await using _ = server;
  const chunks = await createTone(10);
  await write(writer, chunks, 0);
  const res = await fetch(playlistUrl);
  expect(res.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
  const playlist = await res.text();
  expect(playlist).toStartWith("#EXTM3U\n");
  expect(playlist).toEndWith("#EXT-X-ENDLIST\n");
  const seconds = secondsOf(playlist);
  // The encoder's delay and the padding of the last frame are added to the ten seconds.
  expect(sum(seconds)).toBeCloseTo(10.04, 1);
  expect(Math.max(...seconds.map(Math.round))).toBeLessThanOrEqual(4);
  const segments = await Promise.all(
    uris(playlist).map(async (uri) => {
      expect(uri).toEndWith("?signature=s1");
      const segment = await fetch(new URL(uri, playlistUrl));
      expect(segment.headers.get("content-type")).toBe("audio/mpeg");
      return opened(Buffer.from(await segment.arrayBuffer()));
    }),
  );
  for (const [i, { startSeconds }] of segments.entries()) {
    expect(startSeconds).toBeCloseTo(sum(seconds.slice(0, i)), 3);
  }
  const infoFrameBytes = 417;
  const whole = Buffer.concat(chunks).subarray(infoFrameBytes);
  expect(Buffer.concat(segments.map(({ sound }) => sound)).equals(whole)).toBe(true);
});

test("if the planned length is known, the first playlist is already complete", async () => {
  const chunks = await createTone(12);
  const { server, writer, playlistUrl } = await open({ plannedBytes: sizeOf(chunks) });
  await using _ = server;
  const asking = fetch(playlistUrl).then((res) => res.text());
  await writer.append(key, { chunks: chunks.slice(0, 1) });
  const planned = await asking;
  expect(planned).toContain("#EXT-X-PLAYLIST-TYPE:VOD");
  await writer.append(key, { chunks: chunks.slice(1), close: true });
  expect(await (await fetch(playlistUrl)).text()).toBe(planned);
});

test("a segment in progress is sent to its end in one response", async () => {
  const chunks = await createTone(9);
  const { server, writer, playlistUrl } = await open({ plannedBytes: sizeOf(chunks) });
  await using _ = server;
  await write(writer, chunks.slice(0, 3), 0, false);
  const segment = (number: number) => fetch(new URL(`segments/${number}.mp3`, playlistUrl));
  const [growing, next, far] = await Promise.all([segment(1), segment(2), segment(3)]);
  expect([far.status, far.headers.get("retry-after")]).toEqual([503, "1"]);
  const parts: Uint8Array[] = [];
  const reader = growing.body!.getReader();
  parts.push((await reader.read()).value!);
  for (const chunk of chunks.slice(3)) await writer.append(key, { chunks: [chunk] });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
  }
  const whole = await segment(1);
  expect(whole.headers.get("content-length")).toBe(String(sizeOf(parts)));
  expect(Buffer.concat(parts).equals(Buffer.from(await whole.arrayBuffer()))).toBe(true);
  await writer.append(key, { chunks: [], close: true });
  const nextBytes = await next.bytes();
  expect(nextBytes).toEqual(await (await segment(2)).bytes());
  expect((await segment(4)).status).toBe(404);
});

test("at a shutdown, the response with a growing segment is aborted", async () => {
  const chunks = await createTone(5);
  const { server, writer, playlistUrl } = await open({ plannedBytes: sizeOf(chunks) });
  await using _ = server;
  await write(writer, chunks.slice(0, 1), 0, false);
  const growing = await fetch(new URL("segments/0.mp3", playlistUrl));
  server.streams.close();
  await expect(growing.arrayBuffer()).rejects.toThrow();
});

test("the playlist of a stream in progress changes only by added lines", async () => {
  const { server, writer, playlistUrl } = await open();
  await using _ = server;
  const chunks = await createTone(9);
  const first = fetch(playlistUrl).then((res) => res.text());
  const writing = write(writer, chunks, 15);
  let before = await first;
  expect(uris(before).length).toBeGreaterThan(0);
  expect(before).toContain("#EXT-X-PLAYLIST-TYPE:EVENT");
  while (!before.includes("#EXT-X-ENDLIST")) {
    const res = await fetch(playlistUrl);
    const text = await res.text();
    expect(text).toStartWith(before);
    if (!text.includes("ENDLIST")) expect(res.headers.get("cache-control")).toContain("no-store");
    before = text;
  }
  await writing;
  expect(sum(secondsOf(before))).toBeCloseTo(9.04, 1);
});

test("a request for a missing segment or a missing stream gets 404", async () => {
  const { server, writer, playlistUrl } = await open();
  await using _ = server;
  await write(writer, await createTone(2), 0);
  for (const file of ["99.mp3", "-1.mp3", "1", "01.mp3", "0.mp3.mp3", "..%2f0.mp3"]) {
    expect((await fetch(`${server.url}/v1/segments/${file}`)).status).toBe(404);
  }
  await writer.delete(key);
  expect((await fetch(playlistUrl)).status).toBe(404);
  await writer.create(key, { contentType: "text/plain" });
  expect((await fetch(playlistUrl)).status).toBe(415);
});

test("an ended stream without MP3 frames has a playlist without segments", async () => {
  const { server, writer, playlistUrl } = await open();
  await using _ = server;
  await writer.append(key, { chunks: [new Uint8Array(100_000).fill(0xff), new Uint8Array(5)], close: true });
  const playlist = await (await fetch(playlistUrl)).text();
  expect(uris(playlist)).toEqual([]);
  expect(playlist).toEndWith("#EXT-X-ENDLIST\n");
});
