// `bun bench/raw-loudness.ts`: measures the loudness of each style before mastering, and overwrites
// src/composer/styles/raw-loudness.ts with the results.

import { parsePrompt } from "../src/composer/prompt/parse-prompt.ts";
import { en } from "../src/composer/prompt/words/en.ts";
import { composePiece } from "../src/composer/score/piece.ts";
import { loadBank } from "../src/composer/sound/bank.ts";
import { createBiquad, highPass, lowPass } from "../src/composer/sound/biquad.ts";
import { kWeightingAt } from "../src/composer/sound/loudness.ts";
import { createSynth } from "../src/composer/sound/synth.ts";
import { type MusicSpec, sampleRate } from "../src/composer/spec.ts";
import { styleNames } from "../src/composer/styles/style.ts";

const block = 1152;
const bank = await loadBank();

/**
 * Returns the loudness of the piece before mastering, in LUFS. From the level of each block, the planned level of the
 * block's section is subtracted. Then the mean is calculated. So loud and quiet sections count equally.
 */
const loudnessOf = async (spec: MusicSpec): Promise<number> => {
  const piece = composePiece(spec);
  const synth = await createSynth(piece, bank);
  const left = new Float32Array(block);
  const right = new Float32Array(block);
  const filters = [0, 1].map(() => [
    createBiquad(highPass(30, sampleRate)),
    createBiquad(lowPass(2000 * 9 ** spec.brightness, sampleRate)),
    ...kWeightingAt(sampleRate).map(createBiquad),
  ]);
  let power = 0;
  let blocks = 0;
  for (let clock = 0; clock + block < piece.timing.ringStart; clock += block) {
    synth.render(left, right, block);
    let sum = 0;
    for (const [channel, samples] of [left, right].entries()) {
      for (const filter of filters[channel] ?? []) filter.run(samples, block);
      for (const sample of samples) sum += sample * sample;
    }
    const level = piece.sectionOf(piece.timing.barAt(clock)).levelDb;
    power += sum / block / 10 ** (level / 10);
    blocks++;
  }
  synth.close();
  return 10 * Math.log10(power / blocks) - 0.691;
};

const lines: string[] = [];
for (const style of styleNames) {
  const prompt = en.styles?.[style]?.split(",")[0] ?? style;
  const found = await Promise.all(
    [1, 2].map((seed) => loudnessOf(parsePrompt({ prompt, seed, durationSeconds: 24 }))),
  );
  const mean = found.reduce((sum, lufs) => sum + lufs, 0) / found.length;
  lines.push(`  ${style}: ${mean.toFixed(1)},`);
}
await Bun.write(
  new URL("../src/composer/styles/raw-loudness.ts", import.meta.url),
  `// Lists the loudness of each style's unmastered mix in LUFS. Each value is the mean of two pieces with different seeds,
// measured with bench/raw-loudness.ts.
// The loudness follower (\`sound/loudness.ts\`) adjusts the volume during a piece. It starts with the style's value plus
// \`headroomDb\`.

import type { StyleName } from "./style.ts";

export const rawLoudness: Readonly<Record<StyleName, number>> = {
${lines.join("\n")}
};
`,
);
