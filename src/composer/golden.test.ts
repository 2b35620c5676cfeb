// The music of some plans, as it was reviewed: today's note by note, version 1's by its bytes.

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { goldenFile, goldenText } from "./golden.ts";
import { loadLame } from "./mp3/encoder.ts";
import { startRendering } from "./render.ts";
import { composePiece } from "./score/piece.ts";
import { loadBank } from "./sound/bank.ts";
import { type MusicSpec, parseSpec } from "./spec.ts";
import pieces from "./version-1.golden.json" with { type: "json" };

setDefaultTimeout(60_000);

test("the golden scores equal what the composer writes; if the change is intended, run `bun src/composer/golden.ts` and review", async () => {
  expect(goldenText()).toBe(await Bun.file(goldenFile).text());
});

describe("a plan of version 1", async () => {
  const studio = { bank: await loadBank(), lame: await loadLame() };
  const audioOf = async (spec: MusicSpec): Promise<string> => {
    const rendering = await startRendering(spec, studio);
    const hash = new Bun.CryptoHasher("sha256");
    while (!rendering.isDone) {
      const chunk = rendering.step();
      if (chunk !== undefined) hash.update(chunk.bytes);
    }
    return hash.digest("hex");
  };

  test.each(pieces.map((piece) => [piece.spec.style, piece] as const))(
    "of %s keeps its bytes",
    async (_, { spec, audio }) => {
      const parsed = parseSpec(spec);
      expect(parsed.composerVersion).toBe(1);
      expect(composePiece(parsed).sections.length).toBeGreaterThan(1);
      expect(await audioOf(parsed)).toBe(audio);
    },
  );

  test("stays a plan of version 1 when it is stored again", () => {
    for (const { spec } of pieces) {
      const parsed = parseSpec(spec);
      expect(parseSpec(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
    }
  });
});
