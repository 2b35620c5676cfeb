// Compares the music of some plans with the reviewed music: for the present version the notes, and for version 1 the notes and the first seconds of sound.

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { beginningBytes, prepareAudioHash, versionOnePieces } from "../testing/sound/version-1-pieces.ts";
import { goldenFile, goldenText } from "./golden.ts";
import { composePiece } from "./score/piece.ts";
import { scoreText } from "./score/score-text.ts";
import { parseSpec } from "./spec.ts";

setDefaultTimeout(60_000);

// If a change of the scores is intended, run `bun src/composer/golden.ts` and review the changes.
test("the composer writes the reviewed scores", async () => {
  expect(goldenText()).toBe(await Bun.file(goldenFile).text());
});

describe("a plan of composer version 1", async () => {
  const audioHashOf = await prepareAudioHash();

  test.each(versionOnePieces.map((piece) => [piece.spec.style, piece] as const))(
    "gives the reviewed notes and the reviewed sound in the style %s",
    async (_, { spec, score, beginning }) => {
      expect(spec.composerVersion).toBe(1);
      const piece = composePiece(spec);
      expect(piece.sections.length).toBeGreaterThan(1);
      expect(new Bun.CryptoHasher("sha256").update(scoreText(piece)).digest("hex")).toBe(score);
      expect(await audioHashOf(spec, beginningBytes)).toBe(beginning);
    },
  );

  test("keeps its version when the plan is stored again", () => {
    for (const { spec } of versionOnePieces)
      expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });
});
