// Tests that the words of a prompt that have no effect are reported, such as an unknown adjective, a wish that
// contradicts another one, or a negation without an object. Also tests that very long and unusual prompts are read
// quickly.

import { describe, expect, test } from "bun:test";
import { composePiece } from "../score/piece.ts";
import { parseSpec } from "../spec.ts";
import { type ParsedPrompt, readWishes } from "./parse-prompt.ts";
import { linearMsMax } from "../../testing/measure/time-limits.ts";

const read = (prompt: string, seed = 1): ParsedPrompt => readWishes({ prompt, seed, durationSeconds: 60 });

describe("the response names words that have no effect", () => {
  test.each([
    ["a beautiful, nice jazz song with piano", ["beautiful", "nice"]],
    ["huge lush old house", ["lush old"]],
    ["majestic crunchy waltz", ["crunchy"]],
    ["purple elephant techno", ["purple elephant"]],
    ["schönes langes Klavierstück, ruhig", ["schönes langes"]],
    ["une belle valse", ["belle"]],
    ["without anything", ["without anything"]],
    ["jazz without", ["without"]],
    ["a long piece for piano", ["long"]],
    ["אוד piano", ["אוד"]],
    ["موسيقى هادئة بالطنبور", ["بالطنبور"]],
    ["بیانوی آرام", ["بیانوی آرام"]],
    ["เพลงเศร้าเปียโน", ["เพลงเศร้าเปียโน"]],
    ["μουσική για ύπνο", ["μουσική για ύπνο"]],
  ])("%s", (prompt, words) => {
    expect(read(prompt).notUnderstood).toEqual(words);
  });
});

describe("of two contradicting wishes, one is fulfilled and the other one is reported", () => {
  test.each([
    ["fast and slow piano", "fast", ["slow"]],
    ["happy sad jazz", "happy", ["sad"]],
    ["sad happy jazz", "sad", ["happy"]],
    ["piano but no piano", "without piano", ["piano"]],
    ["techno without techno", "techno", ["no techno"]],
    ["120 bpm 90 bpm house", "120 bpm", ["90 bpm"]],
    ["piano in C in D", "C", ["D"]],
    ["folk in 3/4 and 4/4", "3/4", ["4/4"]],
    ["major minor piano", "major", ["minor"]],
    ["minimal dense techno", "sparse", ["dense"]],
    ["dry wet ambient", "dry", ["wet"]],
    ["rock, not 60s", "rock", ["no 60s"]],
  ])("%s", (prompt, kept, lost) => {
    const { understood, notUnderstood } = read(prompt);
    expect(understood).toContain(kept);
    for (const word of lost) expect(understood).not.toContain(word);
    expect(notUnderstood).toEqual(lost);
  });
});

test("a prompt that only excludes things gives music without these things", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const { spec, understood, notUnderstood } = read("no drums, no bass, no piano", seed);
    expect([spec.parts.drums, spec.parts.bass, notUnderstood]).toEqual([null, null, []]);
    expect(Object.values(spec.parts)).not.toContain("piano");
    expect(understood).toEqual(expect.arrayContaining(["without drums", "without bass", "without piano"]));
    expect(read("no jazz, not techno", seed).spec.style).not.toBe("jazz");
  }
});

test.each([
  ["10,000 characters", "a slow waltz with flute and rain, ".repeat(295).slice(0, 10_000)],
  ["one word, a thousand times", "jazz ".repeat(1000)],
  ["one unknown word, a thousand times", "zyxq ".repeat(1000)],
  ["one negation, a thousand times", "no ".repeat(1000)],
  ["one character, ten thousand times", "a".repeat(10_000)],
  ["emoji", "🎹🌧️🎷😀".repeat(500)],
  [
    "every script",
    "piano ピアノ 钢琴 피아노 пианино पियानो بيانو פסנתר πιάνο เปียโน পিয়ানো դաշնամուր ფორტეპიანო",
  ],
  ["half a surrogate pair", "piano \ud800 jazz"],
  ["control characters", "piano\u0000\u0007\u202e jazz"],
])("a prompt of %s is read in linear time", (_, prompt) => {
  const before = performance.now();
  const { spec } = read(prompt);
  expect(performance.now() - before).toBeLessThan(linearMsMax);
  const piece = composePiece(parseSpec(spec));
  const noteCounts = Array.from({ length: 4 }, (_, bar) => piece.barOf(bar).notes.length);
  expect(Math.max(...noteCounts)).toBeGreaterThan(0);
});
