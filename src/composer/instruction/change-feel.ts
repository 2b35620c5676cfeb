// Handles "darker", "calmer", "more swing", "add rain", "another take", 'call it "Harbour"'.

import { textureWords } from "../prompt/lexicon.ts";
import { hasPhrase } from "../prompt/prompt-text.ts";
import { createRandom } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import type { Textures } from "../styles/style.ts";
import { type Change, type Clause, degreeOf, type Rule } from "./rule.ts";

export const changeFeel: Rule = (spec, clause) => {
  const changes = [
    ...levelChanges(spec, clause),
    ...textureChanges(spec, clause),
    ...takeChanges(spec, clause),
  ];
  if (changes.length === 0) return undefined;
  return {
    changed: Object.assign({}, ...changes.map(({ changed }) => changed)),
    said: changes.flatMap(({ said }) => said),
  };
};

interface Level {
  readonly field: "brightness" | "energy" | "swing";
  readonly pattern: RegExp;
  readonly by: number;
  readonly said: string;
}

const levels: readonly Level[] = [
  {
    field: "brightness",
    pattern: / (?:darker|dark|warmer|duller|muffled|mellower|dunkler|plus sombre|mas oscuro) /,
    by: -0.2,
    said: "darker",
  },
  {
    field: "brightness",
    pattern: / (?:brighter|bright|crisper|clearer|airier|heller|sharper) /,
    by: 0.2,
    said: "brighter",
  },
  {
    field: "energy",
    pattern:
      / (?:calmer|calm|softer|gentler|quieter|less energy|less energetic|less intense|relaxed|ruhiger|plus calme|mas tranquilo|mellower|sadder) /,
    by: -0.2,
    said: "calmer",
  },
  {
    field: "energy",
    pattern:
      / (?:more energy|more energetic|energetic|more intense|intense|harder|livelier|more powerful|more drive|epic|wilder|energischer|happier) /,
    by: 0.2,
    said: "more energetic",
  },
  {
    field: "swing",
    pattern: / (?:more swing|swingier|swing it|swinging|groovier) /,
    by: 0.3,
    said: "more swing",
  },
  { field: "swing", pattern: / (?:less swing) /, by: -0.3, said: "less swing" },
  { field: "swing", pattern: / (?:straight|no swing|without swing) /, by: -1, said: "no swing" },
];

const levelChanges = (spec: MusicSpec, { text }: Clause): readonly Change[] =>
  levels
    .filter(({ pattern }) => pattern.test(text))
    .map(({ field, by, said }) => ({
      changed: { [field]: within(spec[field] + by * degreeOf(text)) },
      said: [said],
    }));

const textureChanges = (spec: MusicSpec, { text, intent }: Clause): readonly Change[] => {
  const textures = { ...spec.textures };
  const said: string[] = [];
  for (const name of Object.keys(textures) as (keyof Textures)[]) {
    if (!hasPhrase(text, textureWords[name])) continue;
    const isLess = / less /.test(text);
    const level =
      intent === "remove" ? 0 : isLess ? textures[name] - 0.3 : Math.max(0.6, textures[name] + 0.2);
    textures[name] = within(level);
    said.push(textures[name] === 0 ? `without ${name}` : isLess ? `less ${name}` : `with ${name}`);
  }
  return said.length === 0 ? [] : [{ changed: { textures }, said }];
};

const takeChanges = (spec: MusicSpec, { text, typed }: Clause): readonly Change[] => {
  const title = /["“«„]([^"”»“]{1,80})["”»“]/u.exec(typed)?.[1]?.trim();
  if (title !== undefined && title !== "" && / (?:call|name|rename|title|titled|called) /.test(text)) {
    return [{ changed: { title }, said: [`called “${title}”`] }];
  }
  if (!takes.test(text)) return [];
  const seed = createRandom(spec.seed, "another take").between(0, 0xffff_ffff);
  return [{ changed: { seed }, said: ["another take"] }];
};

const takes =
  / (?:another|different|variation|again|retry|redo|new take|new version|new melody|surprise me|reroll|shuffle|something else|nochmal|autre|otra) /;

const within = (level: number): number => Math.round(Math.min(1, Math.max(0, level)) * 100) / 100;
