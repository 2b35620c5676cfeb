import { expect, test } from "bun:test";
import { parsePrompt } from "../prompt/parse-prompt.ts";
import { composePiece } from "../score/piece.ts";
import { samplesOf } from "../spec.ts";
import { barMarksIn } from "./bar-mark.ts";

const jig = parsePrompt({ prompt: "Irish jig in 6/8 with fiddle", seed: 3, durationSeconds: 24 });

test("every bar of a piece is listed once with its time, section and chords", () => {
  for (const spec of [jig, { ...jig, transpose: 3 }, { ...jig, feel: ["rubato" as const] }]) {
    const piece = composePiece(spec);
    const whole = barMarksIn(piece, 0, samplesOf(spec));
    for (const cut of [1152, 50_000]) {
      const parts = Array.from({ length: Math.ceil(samplesOf(spec) / cut) }, (_, at) =>
        barMarksIn(piece, at * cut, (at + 1) * cut),
      );
      expect(parts.flat()).toEqual([...whole]);
    }
    expect(whole.map(({ bar }) => bar)).toEqual(whole.map((_, index) => index + 1));
    expect(whole.length).toBe(piece.timing.bars + 1);
    for (const { bar, startMs, section, chords } of whole) {
      expect(Math.abs(startMs - piece.timing.barStart(bar - 1) / 44.1)).toBeLessThan(0.51);
      expect(section).toBe(piece.sectionOf(bar - 1).kind);
      expect(chords.map(({ startMs: at }) => at)).toEqual(
        chords.map(({ startMs: at }) => at).toSorted((one, other) => one - other),
      );
      expect(chords[0]?.startMs).toBe(startMs);
    }
  }
});

test("chords are named in the sounding key, also after a transposition", () => {
  const lastOf = (transpose: number) =>
    barMarksIn(composePiece({ ...jig, transpose }), 0, samplesOf(jig))
      .at(-1)
      ?.chords.at(-1)?.name ?? "";
  expect(jig.tonic).toBe("D");
  expect([lastOf(0), lastOf(3), lastOf(-1)].map((name) => name.replace(/^([A-G][#b]?).*/, "$1"))).toEqual([
    "D",
    "F",
    "Db",
  ]);
});
