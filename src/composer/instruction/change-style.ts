// Handles instructions such as "as jazz", "turn it into techno" and "like the eighties". The piece
// gets the instruments, patterns, meter and form of another style. The piece keeps its title, key
// and length.

import { createRandom } from "../random.ts";
import { chooseStyle } from "../prompt/choose-style.ts";
import { drawSeats } from "../prompt/plan-band.ts";
import { fitForm } from "../score/form/form.ts";
import { timingOf } from "../score/time/timing.ts";
import { composerVersion, type MusicSpec } from "../spec.ts";
import { styles } from "../styles/all-styles.ts";
import type { Textures } from "../styles/style.ts";
import { say } from "./change-phrases.ts";
import { type Rule, wordsIn } from "./rule.ts";

export const changeStyle: Rule = (spec, clause) => {
  if (clause.intent === "remove" || clause.where !== undefined) return undefined;
  const named = wordsIn(clause).filter(
    ({ kind, isNegated, phrase }) =>
      (kind === "styles" || kind === "nearStyles") && !isNegated && !ambiguous.has(phrase),
  );
  const decade = clause.reading.wishes.some(({ kind }) => kind === "decade");
  if (named.length === 0 && !decade) return undefined;
  const { style: name, by } = chooseStyle(clause.reading, createRandom(spec.seed, "style"));
  if (by === "seed" || by === "mood") return undefined;
  const style = styles[name];
  if (name === spec.style) return { changed: {}, said: [say("already {style}", { style: style.label })] };
  return { changed: inStyle(spec, name), said: [say("as {style}", { style: style.label })] };
};

const inStyle = (spec: MusicSpec, name: keyof typeof styles): Partial<MusicSpec> => {
  const style = styles[name];
  const [slowest, fastest] = style.tempo;
  // The present tempo is kept if it is in the new style's range of tempos, widened by 15 percent at
  // both ends. Otherwise the nearest tempo in this wider range is used.
  const bpm = Math.min(fastest * 1.15, Math.max(slowest * 0.85, spec.bpm));
  const textures = Object.fromEntries(
    Object.entries(spec.textures).map(([texture, level]) => [
      texture,
      Math.max(level, style.textures[texture as keyof Textures] ?? 0),
    ]),
  ) as MusicSpec["textures"];
  const changed: Partial<MusicSpec> = {
    composerVersion,
    style: name,
    bpm: Math.round(bpm * 1000) / 1000,
    meter: style.meter,
    energy: style.energy,
    brightness: style.brightness,
    swing: style.swing,
    parts: drawSeats(style, createRandom(spec.seed, "band")),
    percussion: [...(style.percussion ?? [])],
    feel: [...(style.feel ?? [])],
    textures,
  };
  const whole = { ...spec, ...changed };
  if (whole.parts.drums === null && whole.percussion.length > 0)
    whole.parts = { ...whole.parts, drums: "standard" };
  const bars = timingOf(whole).bars;
  return {
    ...changed,
    parts: whole.parts,
    form: {
      ...spec.form,
      name: null,
      ...fitForm(style.form, bars),
      ...(bars < 12 ? { sectionBars: 4 as const } : {}),
    },
  };
};

/** These words have several meanings. An instruction that names only such words keeps the style. */
const ambiguous = new Set([
  "swing",
  "dance track",
  "club",
  "score",
  "drone",
  "trailer",
  "orchestral",
  "symphonic",
  "chant",
  "anthem",
  "parade",
  "funk",
  "funky",
  "jazzy",
  "latin",
  "chill",
  "indie",
  "electronic",
  "choral",
  "drift",
  "noise",
  "mass",
  "breaks",
  "symphony",
]);
