// Starts Rondo and lets several listeners read a piece of ten minutes over HTTP, at the bit rate of the music and at
// lower rates. Prints how the response to each listener ended; no listener should be disconnected.
// Run: bun bench/slow-listeners.ts [seconds]. The listeners stop after this time, by default after 300 seconds.
import { connect } from "node:net";
import { createRondoClient } from "../src/testing/whole/processes/rondo-client.ts";
import { startRondo } from "../src/testing/whole/processes/rondo-processes.ts";

const seconds = Number(process.argv[2] ?? 300);

interface Listener {
  readonly name: string;
  readonly url: string;
  readonly bytesPerSecond: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Reads at a steady average rate: after each part, the socket is paused until the next part is due.
 */
async function listen({ url, bytesPerSecond, headers = {} }: Listener): Promise<string> {
  const { hostname, port, pathname, search } = new URL(url);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\n${lines.join("")}\r\n`);
  const begunMs = performance.now();
  let bytes = 0;
  socket.on("data", (part: Buffer) => {
    bytes += part.byteLength;
    socket.pause();
    const dueMs = begunMs + (bytes / bytesPerSecond) * 1_000;
    setTimeout(() => socket.resume(), Math.max(1, dueMs - performance.now()));
  });
  const end = Promise.withResolvers<string>();
  socket.once("end", () => end.resolve("ended"));
  socket.once("error", (err) => end.resolve(err.message));
  setTimeout(() => end.resolve("still listening"), seconds * 1_000);
  const how = await end.promise;
  socket.destroy();
  return `${how} after ${Math.round((performance.now() - begunMs) / 1_000)} s, ${bytes} bytes`;
}

await using rondo = await startRondo();
const client = await createRondoClient(rondo.url);
const { links } = await client.start({ prompt: "calm piano", durationSeconds: 600, seed: 3 });
const listeners: readonly Listener[] = [
  { name: "audio", url: links.audio, bytesPerSecond: 8_000 },
  { name: "audio", url: links.audio, bytesPerSecond: 12_000 },
  { name: "audio, by Range", url: links.audio, bytesPerSecond: 16_000, headers: { Range: "bytes=0-" } },
  {
    name: "chunks by events",
    url: `${links.chunks}?offset=-1&live=sse`,
    bytesPerSecond: 12_000,
    headers: client.headers,
  },
];
const ends = await Promise.all(listeners.map(listen));
for (const [i, { name, bytesPerSecond }] of listeners.entries())
  console.log(`${name}, ${bytesPerSecond} bytes per second: ${ends[i]}`);
const metrics = await (await fetch(`${rondo.url}/metrics`)).text();
console.log(/^rondo_stream_listeners_cut_off\S* \d+$/m.exec(metrics)?.[0]);
