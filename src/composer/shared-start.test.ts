// Two pieces that differ only in length share bytes at their beginnings. These tests render both beginnings, and check
// that the predicted bytes are really shared.

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { embeddedOnly } from "../testing/embedded-only.ts";
import { changeSpec } from "./instruction/instruction.ts";
import { loadLame } from "./mp3/encoder.ts";
import { findFrameLength } from "./mp3/frames.ts";
import { parsePrompt } from "./prompt/parse-prompt.ts";
import { startRendering } from "./render.ts";
import { sharedStartOf } from "./shared-start.ts";
import { loadBank } from "./sound/bank.ts";
import type { MusicSpec } from "./spec.ts";
import { styleNames } from "./styles/style.ts";

setDefaultTimeout(60_000);

const studio = { bank: await loadBank(), lame: await loadLame() };

/** Renders at least this many bytes of the piece, or the whole piece if it is shorter. */
const beginningOf = async (spec: MusicSpec, bytes: number): Promise<Buffer> => {
  const rendering = await startRendering(spec, studio);
  const parts: Uint8Array[] = [];
  for (let made = 0; made < bytes && !rendering.isDone;) {
    const chunk = rendering.step();
    if (chunk === undefined) continue;
    parts.push(chunk.bytes);
    made += chunk.bytes.length;
  }
  rendering.close();
  return Buffer.concat(parts);
};

const extended = (spec: MusicSpec, by: string): MusicSpec => changeSpec(spec, `extend by ${by}`).spec;

/** RONDO_TEST_ALL_STYLES=1 renders all styles at several lengths, which takes minutes. */
const isThorough = Bun.env.RONDO_TEST_ALL_STYLES === "1";
const usualStyles = embeddedOnly ? (["folk"] as const) : (["folk", "house"] as const);
const cases = (isThorough ? [30, 37.5, 45, 60] : [30]).flatMap((durationSeconds) =>
  (isThorough ? styleNames : usualStyles).map((style) => ({
    style,
    durationSeconds,
  })),
);

describe("two pieces that differ only in length", () => {
  test.each(cases)(
    "share the predicted bytes: $style of $durationSeconds s",
    async ({ style, durationSeconds }) => {
      const spec = parsePrompt({ prompt: style, seed: Math.round(durationSeconds * 7), durationSeconds });
      const longer = extended(spec, "30 s");
      const shared = sharedStartOf(longer, spec);
      if (shared === undefined) throw new Error("Nothing is shared.");
      const { bytes, head } = shared;
      const [before, after] = [await beginningOf(spec, bytes + 4), await beginningOf(longer, bytes + 4)];
      expect(after.subarray(0, head.length).equals(head)).toBe(true);
      expect(after.subarray(head.length, bytes).equals(before.subarray(head.length, bytes))).toBe(true);
      for (const whole of [before, after]) expect(findFrameLength(whole, bytes)).toBeDefined();
      // More than a third of the shorter piece is shared.
      expect(bytes).toBeGreaterThan((16_000 * durationSeconds) / 3);
    },
  );

  const folk = (prompt: string, durationSeconds: number) => parsePrompt({ prompt, seed: 7, durationSeconds });
  // `bun run test:embedded` leaves out the second case, because that case renders almost a minute of music.
  const faster = [
    "the tempo rises to the end of the piece",
    folk("folk, getting faster", 30),
    "30 s",
  ] as const;
  const withoutBass = [
    "the bass rests in the second half, which begins later in the longer piece",
    changeSpec(folk("folk", 60), "without bass in the second half").spec,
    "5 s",
  ] as const;
  test.each(embeddedOnly ? [faster] : [faster, withoutBass])(
    "share the predicted bytes if %s",
    async (_, spec, by) => {
      const longer = extended(spec, by);
      const { bytes, head } = sharedStartOf(longer, spec) ?? { bytes: 0, head: new Uint8Array() };
      expect(bytes).toBeGreaterThan(16_000);
      const [before, after] = [await beginningOf(spec, bytes), await beginningOf(longer, bytes)];
      expect(after.subarray(head.length, bytes).equals(before.subarray(head.length, bytes))).toBe(true);
    },
  );

  test("share the same number of bytes if the arguments of sharedStartOf are swapped", () => {
    const spec = parsePrompt({ prompt: "jazz", seed: 1, durationSeconds: 40 });
    const longer = extended(spec, "20 s");
    expect(sharedStartOf(spec, longer)?.bytes).toBe(sharedStartOf(longer, spec)?.bytes);
    expect(sharedStartOf(spec, longer)?.head).not.toEqual(sharedStartOf(longer, spec)?.head);
  });
});

test("two pieces that differ in more than the length share nothing", () => {
  const spec = parsePrompt({ prompt: "jazz", seed: 1, durationSeconds: 40 });
  for (const instruction of [
    "extend by 30 s, faster",
    "extend by 30 s, without drums",
    'call it "Harbour"',
  ]) {
    expect(sharedStartOf(changeSpec(spec, instruction).spec, spec)).toBeUndefined();
  }
  const short = parsePrompt({ prompt: "jazz", seed: 1, durationSeconds: 20 });
  expect(sharedStartOf(extended(short, "30 s"), short)).toBeUndefined();
});
