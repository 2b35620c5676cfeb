// Tests the sections and lengths of composition plans of both ElevenLabs models, and changes of
// music_v2 plans.
import { expect, test } from "bun:test";
import { compositionOf } from "../../../testing/servers/generators/elevenlabs.ts";
import { sectionAt, sectionsOf, withChange, withLength } from "./composition.ts";

const v1 = compositionOf(30_000);
const v2 = {
  chunks: [
    { text: "[Verse 1]\nla la", duration_ms: 10_000, positive_styles: ["piano"], negative_styles: [] },
    { text: "[Chorus]\noh oh", duration_ms: 20_000, positive_styles: [], negative_styles: ["drums"] },
  ],
};

interface Timed {
  readonly duration_ms: number;
  readonly text?: string;
}

test("in plans of both models, each section begins where the previous section ends", () => {
  expect(sectionsOf(v1).map(({ name, startMs }) => [name, startMs])).toEqual([
    ["intro", 0],
    ["verse", 7_500],
    ["outro", 15_000],
  ]);
  expect(sectionsOf(v2).map(({ name, startMs }) => [name, startMs])).toEqual([
    ["verse 1", 0],
    ["chorus", 10_000],
  ]);
  expect([sectionAt(sectionsOf(v2), 9_999), sectionAt(sectionsOf(v2), 10_000)]).toEqual([
    "verse 1",
    "chorus",
  ]);
});

test.each([
  ["an undefined plan", undefined],
  ["a text", "sections"],
  ["a string instead of a list", { sections: "none" }],
  ["a list of values that are not parts", { chunks: [null, 7, "x"] }],
])("%s has no sections", (_, composition) => expect(sectionsOf(composition)).toEqual([]));

test("a change of a music_v2 plan is added to the styles of each part", () => {
  const changed = withChange(withChange(v2, "darker"), "without strings") as typeof v2;
  expect(changed.chunks.map(({ positive_styles }) => positive_styles)).toEqual([
    ["piano", "darker"],
    ["darker"],
  ]);
  expect(changed.chunks.map(({ negative_styles }) => negative_styles)).toEqual([
    ["strings"],
    ["drums", "strings"],
  ]);
});

test.each<[number, typeof v1 | typeof v2]>([
  [10_000, v1],
  [600_000, v1],
  [600_000, v2],
])("a plan that is changed to %d ms keeps its sections and has the new length", (durationMs, plan) => {
  const longer = withLength(plan, durationMs) as { sections?: Timed[]; chunks?: Timed[] };
  const parts = longer.sections ?? longer.chunks ?? [];
  const total = parts.reduce((sum, { duration_ms }) => sum + duration_ms, 0);
  // Each part is at least 3 seconds long, so a very short plan can become a little longer than requested.
  expect(total).toBeWithin(durationMs, durationMs + 1_001);
  for (const { duration_ms } of parts) expect(duration_ms).toBeWithin(3_000, 120_001);
  expect(parts.filter(({ text }) => text?.includes("la la")).length).toBeLessThanOrEqual(1);
  expect(new Set(sectionsOf(longer).map(({ name }) => name))).toEqual(
    new Set(sectionsOf(plan).map(({ name }) => name)),
  );
});
