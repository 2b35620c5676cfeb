// Measures the audio intake, which converts the audio of any generator to MP3 chunks. Requires ffmpeg. Run it with
// `bun bench/intake.ts [seconds]`; `seconds` is the length of each source, 30 by default. The program prints:
// - for each source, the best of three runs: the wait for the first chunk, and the speed in multiples of real time;
// - for twenty sources at the same time: the delays of the caller's event loop and of the intake's thread.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import { createAudioIntake } from "../src/intake/intake.ts";
import type { FromThread, ToThread } from "../src/intake/thread-messages.ts";
import type { SourceFormat } from "../src/ports/generator/audio-intake.ts";
import { inParts, musicAt, pcmOf, wavOf } from "../src/testing/sound/sources.ts";
import { createTemporaryDirectory } from "../src/testing/temporary-directory.ts";

const seconds = Number(Bun.argv[2] ?? 30);
const together = 20;
const durationMs = 600_000;

interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format?: SourceFormat;
}

const pcm48 = pcmOf(musicAt(48_000, seconds), "s16le");
const pcm44 = pcmOf(musicAt(44_100, seconds), "s16le");
const format48: SourceFormat = { kind: "pcm", encoding: "s16le", sampleRate: 48_000, channels: 2 };

await using directory = await createTemporaryDirectory();
await Bun.write(
  `${directory.path}/music.wav`,
  wavOf(pcm48, { sampleRate: 48_000, channels: 2, samples: "s16le" }),
);
const converted = async (options: string, file: string): Promise<Source> => {
  const command = ["ffmpeg", "-v", "error", "-i", "music.wav", ...options.split(" "), file];
  Bun.spawnSync(command, { cwd: directory.path });
  return { name: `${file} (${options})`, bytes: await Bun.file(`${directory.path}/${file}`).bytes() };
};
const sources: readonly Source[] = [
  { name: "PCM, 16 bits, 48 kHz", bytes: pcm48, format: format48 },
  { name: "PCM, 16 bits, 44.1 kHz", bytes: pcm44, format: { ...format48, sampleRate: 44_100 } },
  {
    name: "PCM, floats, 32 kHz, one channel",
    bytes: pcmOf(musicAt(32_000, seconds, 1), "f32le"),
    format: { kind: "pcm", encoding: "f32le", sampleRate: 32_000, channels: 1 },
  },
  await converted("-ar 48000", "48.wav"),
  await converted("-ar 96000 -c:a pcm_s24le", "96.wav"),
  await converted("-ar 48000", "48.flac"),
  await converted("-ar 44100 -b:a 128k", "passed-on.mp3"),
  await converted("-ar 48000 -b:a 192k", "encoded-anew.mp3"),
];

const intake = createAudioIntake({ isWarm: true });
await Bun.sleep(1000);
const time = async ({ bytes, format }: Source) => {
  const begun = performance.now();
  let firstMs = 0;
  let endMs = 0;
  const options = { format, durationMs };
  for await (const chunk of intake.take(inParts(bytes, 32_768), options, new AbortController().signal)) {
    firstMs ||= performance.now() - begun;
    endMs = chunk.startMs + chunk.durationMs;
  }
  return { firstMs, timesRealTime: endMs / (performance.now() - begun) };
};

const cold = await time(sources[0]!);
console.log(`first chunk of the first source: ${cold.firstMs.toFixed(0)} ms\n`);
const rows = [];
for (const source of sources) {
  await time(source);
  const runs = [await time(source), await time(source), await time(source)];
  rows.push({
    source: source.name,
    "first chunk, ms": Number(Math.min(...runs.map(({ firstMs }) => firstMs)).toFixed(1)),
    "times real time": Math.round(Math.max(...runs.map(({ timesRealTime }) => timesRealTime))),
  });
}
console.table(rows);

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const begun = performance.now();
const all = await Promise.all(Array.from({ length: together }, () => time(sources[0]!)));
const wholeMs = performance.now() - begun;
delay.disable();
const firsts = all.map(({ firstMs }) => firstMs).sort((a, b) => a - b);
console.log(
  `${together} at once, 48 kHz PCM: ${((together * seconds * 1000) / wholeMs).toFixed(0)} times real time together;`,
  `first chunks after ${firsts[0]?.toFixed(0)} to ${firsts.at(-1)?.toFixed(0)} ms;`,
  `delay of the caller's event loop p50 ${(delay.percentile(50) / 1e6).toFixed(1)}, p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms;`,
  `memory of the process ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
);
await intake.close();

/**
 * Measures how long the intake's thread takes to respond to a message while it converts `together` sources. Returns the
 * waits in milliseconds, in ascending order.
 */
const measureThread = async (): Promise<number[]> => {
  const worker = new Worker(new URL("../src/intake/worker-thread.ts", import.meta.url));
  const send = (message: ToThread): void => worker.postMessage(message);
  const waits: number[] = [];
  const done = Promise.withResolvers<void>();
  let running = together;
  let askedAt = 0;
  const ask = (): void => {
    askedAt = performance.now();
    send({ type: "check" });
  };
  worker.on("message", (message: FromThread) => {
    if (message.type === "chunk") send({ type: "read", id: message.id });
    else if (message.type === "alive") {
      waits.push(performance.now() - askedAt);
      setTimeout(ask, 1);
    } else if (message.type !== "taken" && --running === 0) done.resolve();
  });
  for (let id = 0; id < together; id++) {
    send({ type: "open", id, format: format48, durationMs, fade: undefined });
    for await (const bytes of inParts(pcm48, 65_536)) send({ type: "bytes", id, bytes });
    send({ type: "end", id, isWhole: true });
  }
  ask();
  await done.promise;
  await worker.terminate();
  return waits.sort((a, b) => a - b);
};
const waits = await measureThread();
console.log(
  `time until the thread answers a message while it works on ${together} sources: p50 ${waits[waits.length >> 1]?.toFixed(1)},`,
  `p99 ${waits[Math.floor(waits.length * 0.99)]?.toFixed(1)} ms (${waits.length} times)`,
);
