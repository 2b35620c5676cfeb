// Handles instructions such as "darker", "calmer", "more swing", "add rain", "more reverb", "less busy", "another take"
// and 'call it "Harbour"'.

import { createRandom } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import { type Feel, feels, type Textures } from "../styles/style.ts";
import { nameOfPlace } from "./find-place.ts";
import { type levelNames, type Said, say } from "./change-phrases.ts";
import { type Change, changedPlace, type Clause, degreeOf, type Rule, within, wordsIn } from "./rule.ts";

/** If the clause names a place, such as the chorus, only the energy of this place can be changed. */
export const changeFeel: Rule = (spec, clause) => {
  if (clause.where !== undefined) return energyThere(spec, clause);
  const changes: Change[] = [];
  let now = spec;
  for (const rule of [levelChanges, feelChanges, textureChanges, takeChanges]) {
    for (const change of rule(now, clause)) {
      changes.push(change);
      now = { ...now, ...change.changed };
    }
  }
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
  readonly said: (typeof levelNames)[number];
}

const calmer =
  / (?:calmer|calm|softer|gentler|quieter|less energy|less energetic|less intense|relaxed|ruhiger|sanfter|plus calme|mas tranquilo|mas tranquila|mellower|sadder|chill|chiller|more relaxed|more chilled|спокойнее|اهدا|اكثر هدوءا) /;
const wilder =
  / (?:more energy|more energetic|energetic|more intense|intense|harder|livelier|more powerful|more drive|epic|more epic|wilder|energischer|happier|bigger|heavier|hit harder|more punch|punchier|more aggressive|energy up|funkier|mas energia|mas energetico|plus energique|энергичнее|اكثر حيويه|اقوي|اكثر حماسا) /;

const levels: readonly Level[] = [
  {
    field: "brightness",
    pattern:
      / (?:darker|dark|warmer|duller|muffled|mellower|dunkler|warmer|plus sombre|mas oscuro|piu scuro|темнее|اغمق|اكثر ظلمه) /,
    by: -0.2,
    said: "darker",
  },
  {
    field: "brightness",
    pattern:
      / (?:brighter|bright|crisper|clearer|airier|heller|sharper|plus clair|mas brillante|светлее|اكثر اشراقا) /,
    by: 0.2,
    said: "brighter",
  },
  { field: "energy", pattern: calmer, by: -0.2, said: "calmer" },
  { field: "energy", pattern: wilder, by: 0.2, said: "more energetic" },
  {
    field: "swing",
    pattern: / (?:more swing|mehr swing|swingier|swing it|swinging|groovier|funkier|shuffle) /,
    by: 0.3,
    said: "more swing",
  },
  { field: "swing", pattern: / (?:less swing|weniger swing) /, by: -0.3, said: "less swing" },
  {
    field: "swing",
    pattern: / (?:straight|straighter|no swing|without swing|ohne swing|kein swing|remove the swing) /,
    by: -1,
    said: "no swing",
  },
];

const levelChanges = (spec: MusicSpec, { text }: Clause): readonly Change[] =>
  levels
    .filter(({ pattern }) => pattern.test(text))
    .map(({ field, by, said }) => {
      const level = within(spec[field] + by * degreeOf(text));
      return level === spec[field]
        ? { changed: {}, said: [say("already as far as it goes: {level}", { level: said })] }
        : { changed: { [field]: level }, said: [say("{level}", { level: said })] };
    });

/** Handles "more energetic chorus", "make the drop hit harder", "calmer in the verse". */
const energyThere: Rule = (spec, clause) => {
  const { text, where } = clause;
  if (where === undefined) return undefined;
  const isLouder = wilder.test(text) || / (?:louder|fuller|stronger) /.test(text);
  const isCalmer = calmer.test(text) || / (?:emptier|sparser) /.test(text);
  if (isLouder === isCalmer) return undefined;
  const energy = (isLouder ? 0.25 : -0.25) * degreeOf(text);
  return {
    changed: changedPlace(spec, clause, { energy: Math.max(-1, Math.min(1, energy)) }),
    said: [say(isLouder ? "more energetic {place}" : "calmer {place}", { place: nameOfPlace(where) })],
  };
};

/** Pairs of ways to play that exclude each other. */
const opposites: Readonly<Partial<Record<Feel, Feel>>> = {
  reverb: "dry",
  dry: "reverb",
  sparse: "busy",
  busy: "sparse",
  staccato: "legato",
  legato: "staccato",
  "half-time": "double-time",
  "double-time": "half-time",
};

const feelChanges = (spec: MusicSpec, clause: Clause): readonly Change[] => {
  const { text } = clause;
  const asked: [Feel, boolean][] = [];
  if (
    / (?:less busy|simpler|less notes|fewer notes|strip it down|more minimal|less dense|less crowded|more space) /.test(
      text,
    )
  )
    asked.push(["sparse", true]);
  if (/ (?:busier|more busy|more notes|denser|fuller) /.test(text)) asked.push(["busy", true]);
  if (/ (?:simplify|simpler|einfacher) (?:the )?(?:melody|tune|lead|melodie) /.test(text))
    asked.push(["simple-melody", true]);
  if (
    / (?:more reverb|more echo|more space|wetter|bigger room|mehr hall|mas reverb|plus de reverb) /.test(text)
  )
    asked.push(["reverb", true]);
  if (/ (?:less reverb|drier|dryer|weniger hall|no reverb|without reverb|remove the reverb) /.test(text))
    asked.push(["dry", true]);
  if (/ (?:more feeling|more expressive|more human) /.test(text)) asked.push(["rubato", true]);
  for (const wish of wordsIn(clause)) {
    const feel = feels.find((name) => wish.kind === "feels" && name === wish.id);
    const isNumberless = !/ (?:less|more) (?:reverb|busy) /.test(text);
    if (
      feel !== undefined &&
      feel !== "double-time" &&
      isNumberless &&
      !asked.some(([one]) => one === feel || opposites[one] === feel)
    )
      asked.push([feel, clause.intent !== "remove" && !wish.isNegated]);
  }
  return asked.map(([feel, isWanted]): Change => {
    const others = spec.feel.filter(
      (one) => one !== feel && one !== (isWanted ? opposites[feel] : undefined),
    );
    const name = { feel: feel.replaceAll("-", " ") };
    if (spec.feel.includes(feel) === isWanted)
      return { changed: {}, said: [say(isWanted ? "already {feel}" : "already without {feel}", name)] };
    return {
      changed: { feel: (isWanted ? [...others, feel] : others).slice(-12) },
      said: [say(isWanted ? "{feel}" : "without {feel}", name)],
    };
  });
};

const textureChanges = (spec: MusicSpec, clause: Clause): readonly Change[] => {
  const textures = { ...spec.textures };
  const said: Said[] = [];
  for (const wish of wordsIn(clause)) {
    if (wish.kind !== "textures") continue;
    const name = wish.id as keyof Textures;
    const isLess = / (?:less|weniger|moins|menos) /.test(clause.text);
    const isOff = clause.intent === "remove" || (wish.isNegated && !isLess);
    const before = textures[name];
    textures[name] = within(isOff ? 0 : isLess ? before - 0.3 : Math.max(0.6, before + 0.2));
    const phrase =
      textures[name] === before
        ? before === 0
          ? "already without {texture}"
          : "already with {texture}"
        : textures[name] === 0
          ? "without {texture}"
          : isLess
            ? "less {texture}"
            : "with {texture}";
    said.push(say(phrase, { texture: name }));
  }
  return said.length === 0 ? [] : [{ changed: { textures }, said }];
};

const takeChanges = (spec: MusicSpec, { text, typed }: Clause): readonly Change[] => {
  const title = /["“«„]([^"”»“]{1,80})["”»“]/u.exec(typed)?.[1]?.trim();
  if (title !== undefined && title !== "" && / (?:call|name|rename|title|titled|called) /.test(text))
    return [{ changed: { title }, said: [say("called “{title}”", { title })] }];
  if (!takes.test(text) || / (?:melody|tune|key|style|instrument) /.test(text)) return [];
  const seed = createRandom(spec.seed, "another take").between(0, 0xffff_ffff);
  return [{ changed: { seed }, said: [say("another take")] }];
};

const takes =
  / (?:another|different|variation|again|retry|redo|new take|new version|surprise me|reroll|shuffle it|something else|nochmal|noch eine aufnahme|andere aufnahme|autre|otra|تسجيل اخر|اداء اخر|نسخه اخري) /;
