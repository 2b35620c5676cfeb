// Tests adjectives in languages with non-Latin scripts: each adjective has its effect, or is reported as it was typed.

import { describe, expect, test } from "bun:test";
import { type MoodName, moods } from "../moods.ts";
import { readWishes } from "../parse-prompt.ts";
import { readPrompt } from "../reading.ts";
import { ar } from "./ar.ts";
import { hi } from "./hi.ts";
import { ja } from "./ja.ts";
import { ko } from "./ko.ts";
import { ru } from "./ru.ts";
import { zh } from "./zh.ts";

const languages = { ja, zh, ko, hi, ru, ar };
const listOf = (phrases: string): readonly string[] =>
  phrases.split(",").map((phrase) => phrase.trim().replaceAll("*", ""));

describe.each(Object.entries(languages))("adjectives in %s", (_, words) => {
  test("each word for a mood is read as only that mood", () => {
    const wrong: string[] = [];
    for (const mood of Object.keys(moods) as MoodName[]) {
      expect(words.moods?.[mood]).toBeString();
      for (const phrase of listOf(words.moods?.[mood] ?? "")) {
        const { wishes, unknown } = readPrompt(phrase);
        const read = wishes.map(({ kind, ...wish }) => (kind === "moods" && "id" in wish ? wish.id : kind));
        if (read.join() !== mood || unknown.length > 0) wrong.push(`${phrase}: ${read.join()} ${unknown}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("every adjective without an effect is reported", () => {
    for (const phrase of listOf(words.plain ?? "")) expect(readPrompt(phrase).unknown).toEqual([phrase]);
  });
});

describe("an adjective in a sentence", () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ["美しく切ないピアノ曲、孤独な夜", ["sad", "lonely", "nocturnal"], ["美しく"]],
    ["優雅で軽快なワルツ", ["elegant", "upbeat"], []],
    ["かっこいい攻撃的なメタル", ["aggressive"], ["かっこいい"]],
    ["爽やかで希望に満ちたギター曲", ["crisp", "uplifting"], []],
    ["优美动听的钢琴曲，孤独而忧郁", ["lonely", "sad"], ["优美动听"]],
    ["热情奔放的弗拉门戈", ["fiery"], ["奔放"]],
    ["紧张悬疑的电影配乐", ["tense"], []],
    ["慵懒的爵士乐，温馨", ["laid-back", "warm"], []],
    ["아름답고 쓸쓸한 피아노 음악", ["lonely"], ["아름답고"]],
    ["긴장감 있는 시네마틱, 비장한 느낌", ["tense", "dramatic"], []],
    ["느긋한 재즈, 세련된 분위기", ["laid-back", "elegant"], []],
    ["बहुत सुंदर और अकेला पियानो", ["lonely"], ["सुंदर"]],
    ["आध्यात्मिक, शांतिपूर्ण राग", ["spiritual", "calm"], []],
    ["नाटकीय और तनावपूर्ण फिल्म संगीत", ["dramatic", "tense"], []],
    ["красивая одинокая скрипка, тревожное настроение", ["lonely", "tense"], ["красивая"]],
    ["величественный и торжественный гимн", ["epic", "solemn"], []],
    ["страстное, яростное фламенко", ["fiery", "aggressive"], []],
    ["بيانو حزين وهادئ، ليلة جميلة", ["sad", "calm", "nocturnal"], ["جميلة"]],
    ["فلامنكو ناري بالغيتار والتصفيق", ["fiery"], []],
  ])("%s", (prompt, effects, named) => {
    const { understood, notUnderstood } = readWishes({ prompt, seed: 3, durationSeconds: 60 });
    expect(understood).toEqual(expect.arrayContaining([...effects]));
    expect(notUnderstood.filter((phrase) => named.includes(phrase))).toEqual([...named]);
    for (const word of named) expect(understood.join()).not.toContain(word);
  });
});

test("a longer Korean word that starts with the word for rain does not mean rain", () => {
  const { spec, notUnderstood } = readWishes({ prompt: "비슷한 피아노", seed: 1, durationSeconds: 60 });
  expect([spec.textures.rain, notUnderstood]).toEqual([0, ["비슷한"]]);
  const rainy = readWishes({ prompt: "비 오는 날 피아노", seed: 1, durationSeconds: 60 });
  expect(rainy.spec.textures.rain).toBeGreaterThan(0);
});
