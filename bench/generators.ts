// Measures how much the adapters of generators add to the wait for the first chunk: `bun bench/generators.ts [runs]`.
// The services are stand-ins that run on this machine and respond immediately. Each run measures the time from the
// start of the generation to its first chunk. The default is 50 runs per adapter.
import { createAudioIntake } from "../src/intake/intake.ts";
import { openGenerator } from "../src/ports/generator/open.ts";
import { farRequest } from "../src/testing/generators/fault-suite.ts";
import { startAceStep } from "../src/testing/servers/generators/acestep.ts";
import { startElevenLabs } from "../src/testing/servers/generators/elevenlabs.ts";
import { startLyria } from "../src/testing/servers/generators/lyria.ts";
import { startOnePost } from "../src/testing/servers/generators/one-post.ts";
import { mp3Sound, wavSound } from "../src/testing/sound/far-sound.ts";

const runs = Number(Bun.argv[2] ?? 50);
const key = "lyria-s3cret";
const intake = createAudioIntake({ isWarm: true });
const [mp3, wav] = [await mp3Sound(), await wavSound()];
const [eleven, post, lyria] = [await startElevenLabs(mp3), await startOnePost(wav), startLyria("none", key)];
const ace = await startAceStep("cpp", wav);

const addresses = [
  ["ElevenLabs, prompt", "elevenlabs", `elevenlabs:${eleven.url}`],
  ["ElevenLabs, plan first", "elevenlabs", `elevenlabs:${eleven.url}?mode=plan`],
  ["audio over HTTP, WAV at 48 kHz", "audio+http", `audio+${post.url}?dialect=localai`],
  ["Lyria RealTime", "lyria", `lyria:${lyria.url}`],
  ["acestep.cpp, asked twice for its state, half a second apart", "acestep+http", `acestep+${ace.url}`],
] as const;

for (const [name, scheme, location] of addresses) {
  const options = { isWarm: true, intake, key, firstChunkMs: 30_000, stallMs: 30_000 };
  const generator = await openGenerator({ scheme, location }, options);
  const times: number[] = [];
  for (let run = 0; run < runs + 3; run++) {
    const startedMs = performance.now();
    const { chunks } = await generator.start(farRequest({ seed: run }), new AbortController().signal);
    for await (const _ of chunks) {
      times.push(performance.now() - startedMs);
      break;
    }
  }
  // The first three runs warm up the process.
  const sorted = times.slice(3).sort((a, b) => a - b);
  const at = (share: number) =>
    `${sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(1)} ms`;
  console.log(`${name}: p50 ${at(0.5)}, p95 ${at(0.95)}, maximum ${at(1)}`);
  await generator.close();
}
process.exit(0);
