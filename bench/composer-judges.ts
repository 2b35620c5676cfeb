// Judges the composer's pieces with tools that use no code of the composer, and writes tables of the results into
// docs/explanation/the-sound.md: `bun bench/composer-judges.ts [seeds of each prompt] [seconds of each style]`. The
// defaults are 2 seeds and 60 seconds. With 0 seeds, the benchmark writes only the table of measures. The tools are the
// Python packages of src/testing/listening.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markdownTable } from "../src/markdown-table.ts";
import { parsePrompt } from "../src/composer/prompt/parse-prompt.ts";
import { styles } from "../src/composer/styles/all-styles.ts";
import { openPrompts } from "../src/testing/sound/open-prompts.ts";
import { versionOnePieces } from "../src/testing/sound/version-1-pieces.ts";
import { hearPieces, measurePieces } from "../src/testing/listening/judge-pieces.ts";
import { measureRows } from "./composer-judges/measures.ts";
import { promiseRows } from "./composer-judges/promises.ts";

const seeds = Array.from({ length: Number(Bun.argv[2] ?? 2) }, (_, index) => index + 1);
const styleSeconds = Number(Bun.argv[3] ?? 60);
const promptSeconds = 45;
/** Prompts for meters that are rare in `openPrompts`. */
const meterPrompts = [
  "samba in 2/4",
  "waltz",
  "jazz waltz in 3/4",
  "folk song in 3/4",
  "jazz in 5/4",
  "rock in 5/4",
  "jig in 6/8",
  "ballad for piano in 6/8",
  "progressive rock in 7/8",
  "techno in 7/8",
  "blues in 12/8",
  "soul in 12/8",
];

const page = join(import.meta.dirname, "../docs/explanation/the-sound.md");
const folder = await mkdtemp(join(tmpdir(), "rondo-judges-"));

const plansOf = (prompts: readonly string[], some: readonly number[]) =>
  some.flatMap((seed) =>
    prompts.map((prompt) => parsePrompt({ prompt, seed, durationSeconds: promptSeconds })),
  );

const write = async (name: string, rows: readonly (readonly string[])[]): Promise<void> => {
  const text = await Bun.file(page).text();
  const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- end -->)`);
  await Bun.write(
    page,
    text.replace(marked, (_, from, to) => `${from}\n${markdownTable(rows)}\n${to}`),
  );
};

try {
  if (seeds.length > 0) {
    const asked = plansOf(
      openPrompts.map(([prompt]) => prompt),
      seeds,
    );
    const meters = plansOf(meterPrompts, seeds.slice(0, 1));
    await write("promises", promiseRows(await hearPieces(asked, folder), await hearPieces(meters, folder)));
  }
  const first = versionOnePieces.map(({ spec }) => ({ ...spec, durationSeconds: styleSeconds }));
  const today = versionOnePieces.map(({ spec }) =>
    parsePrompt({ prompt: styles[spec.style].label, seed: spec.seed, durationSeconds: styleSeconds }),
  );
  await write(
    "measures",
    measureRows(await measurePieces(first, folder), await measurePieces(today, folder)),
  );
} finally {
  await rm(folder, { recursive: true });
}
