// Writes the golden scores again: `bun src/composer/golden.ts`. A change of the scores changes users' music.

import { parsePrompt } from "./prompt/parse-prompt.ts";
import { composePiece } from "./score/piece.ts";
import { scoreText } from "./score/score-text.ts";
import { composerVersion, type MusicSpec } from "./spec.ts";

export const goldenFile = new URL("./scores.golden.txt", import.meta.url);

const prompts: readonly {
  readonly prompt: string;
  readonly seed: number;
  readonly durationSeconds: number;
}[] = [
  { prompt: "rainy lofi in D minor", seed: 1, durationSeconds: 30 },
  { prompt: "waltz in G major with flute", seed: 2, durationSeconds: 20 },
  { prompt: "Irish jig in 6/8 with fiddle", seed: 3, durationSeconds: 24 },
];

export const goldenText = (): string =>
  [
    `composer version ${composerVersion}: raise it when this file changes, because old plans then sound different\n`,
    ...prompts.map((request) => {
      const spec: MusicSpec = parsePrompt(request);
      return `${JSON.stringify(spec)}\n${scoreText(composePiece(spec))}`;
    }),
  ].join("\n");

if (import.meta.main) await Bun.write(goldenFile, goldenText());
