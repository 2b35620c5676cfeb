import { expect, test } from "bun:test";
import type { GeneratedBar, Generator } from "../../ports/generator/generator.ts";
import { recordedGenerator } from "../../testing/sound/recorded-generator.ts";
import { createStudio } from "../../testing/studio.ts";
import { readVersionPeaks } from "./version-peaks.ts";

/** The generator yields one chunk of one second for each element, with the section and the bars of the element. */
const generatorOf = (
  seconds: readonly { readonly section?: string; readonly bars?: readonly GeneratedBar[] }[],
): Generator => {
  const recorded = recordedGenerator(new Uint8Array(16_000 * seconds.length).fill(7), "A piece");
  return {
    ...recorded,
    async start(request, signal) {
      const generation = await recorded.start(request, signal);
      return {
        ...generation,
        chunks: (async function* () {
          let at = 0;
          for await (const chunk of generation.chunks) yield { ...chunk, ...seconds[at++] };
        })(),
      };
    },
  };
};

const barAt = (bar: number, startMs: number, section: string): GeneratedBar => ({
  bar,
  startMs,
  section,
  chords: [{ startMs, name: "Am" }],
});

const musicOf = async (generator: Generator) => {
  await using studio = await createStudio();
  const started = await studio.start({ prompt: "piano" });
  await studio.run(started, { generator });
  const { peaks, sections, bars } = await readVersionPeaks(
    studio.deps,
    studio.business.id,
    started.versionId,
  );
  return { pairs: peaks.length / 2, sections, bars };
};

test("each section of a waveform starts at its first bar", async () => {
  const bars = [barAt(1, 0, "verse"), barAt(2, 900, "verse"), barAt(3, 1800, "chorus")];
  const music = await musicOf(
    generatorOf([
      { section: "verse", bars: bars.slice(0, 2) },
      { section: "verse", bars: bars.slice(2) },
      { section: "chorus", bars: [] },
    ]),
  );
  expect(music).toEqual({
    pairs: 150,
    bars,
    sections: [
      { startMs: 0, name: "verse" },
      { startMs: 1800, name: "chorus" },
    ],
  });
});

test("if a generator reports sections without bars, each section starts with its first chunk", async () => {
  expect(
    await musicOf(generatorOf([{ section: "intro" }, { section: "intro" }, { section: "verse" }])),
  ).toEqual({
    pairs: 150,
    bars: [],
    sections: [
      { startMs: 0, name: "intro" },
      { startMs: 2000, name: "verse" },
    ],
  });
});
