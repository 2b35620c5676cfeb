// Parses free text into a music spec: from its words, and from the seed for everything that they
// leave open.

import { createRandom } from "../random.ts";
import { fitForm } from "../score/form.ts";
import { fitTempo, timingOf } from "../score/timing.ts";
import { composerVersion, type MusicSpec, tonics } from "../spec.ts";
import { styles } from "../styles/all-styles.ts";
import type { Mode, Style, Textures } from "../styles/style.ts";
import { titleOf } from "../title.ts";
import { chooseStyle } from "./choose-style.ts";
import { moods, textureWords } from "./lexicon.ts";
import { parseKey } from "./parse-key.ts";
import { clampBpm, parseTempo } from "./parse-tempo.ts";
import { hasPhrase, type PromptText, readPrompt } from "./prompt-text.ts";
import { seatInstruments } from "./seat-instruments.ts";

export interface PromptRequest {
  readonly prompt: string;
  readonly seed: number;
  readonly durationSeconds: number;
}

export const parsePrompt = ({ prompt, seed, durationSeconds }: PromptRequest): MusicSpec => {
  const text = readPrompt(prompt);
  const style = styles[chooseStyle(text.wanted, createRandom(seed, "style"))];
  const felt = moods.filter((mood) => hasPhrase(text.wanted, mood.words));
  const sum = (of: "energy" | "brightness"): number =>
    felt.reduce((total, mood) => total + (mood[of] ?? 0), 0);
  const meter = / (?:waltz|3\/4|three four|walzer|valse) /.test(text.wanted) ? 3 : style.meter;
  const key = parseKey(text.wanted);
  const random = createRandom(seed, "key");
  const tonic = key.tonic ?? random.pick(tonics);
  const mode =
    key.mode ?? modeFor(style, felt.find((mood) => mood.tonality !== undefined)?.tonality, random.next());
  const energy = unit(style.energy + sum("energy"));
  const spec: MusicSpec = {
    composerVersion,
    seed,
    title: "",
    style: style.name,
    durationSeconds,
    bpm: tempoOf(style, text, felt, meter, { seed, durationSeconds }),
    meter,
    tonic,
    mode,
    energy,
    brightness: unit(style.brightness + sum("brightness")),
    swing: / (?:straight|no swing) /.test(text.wanted) ? 0 : style.swing,
    form: { introBars: 0, sectionBars: 4 },
    parts: seatInstruments(style, text, createRandom(seed, "band")),
    textures: texturesOf(style, text),
  };
  return {
    ...spec,
    form: fitForm(style.form, timingOf(spec).bars),
    title: titleOf(prompt, spec),
  };
};

const tempoOf = (
  style: Style,
  text: PromptText,
  felt: readonly { readonly pace?: number }[],
  meter: 3 | 4,
  { seed, durationSeconds }: { readonly seed: number; readonly durationSeconds: number },
): number => {
  const { bpm, pace } = parseTempo(text.wanted);
  // A number is used exactly: the last chord rings for the time that is left.
  if (bpm !== undefined) return bpm;
  const [slowest, fastest] = style.tempo;
  // A short piece is quicker, so that more happens in it.
  const hurry = durationSeconds < 20 ? 0.75 : 0;
  const place = Math.max(hurry, createRandom(seed, "tempo").next());
  const moved = felt.reduce((product, mood) => product * (mood.pace ?? 1), pace);
  const wanted = clampBpm((slowest + (fastest - slowest) * place) * Math.min(1.35, Math.max(0.7, moved)));
  return clampBpm(fitTempo(wanted, meter, durationSeconds));
};

const modeFor = (style: Style, tonality: "major" | "minor" | undefined, dice: number): Mode => {
  const bright: readonly Mode[] = ["major", "lydian", "mixolydian"];
  const fitting = style.modes.filter(
    (mode) => tonality === undefined || bright.includes(mode) === (tonality === "major"),
  );
  return fitting[Math.floor(dice * fitting.length)] ?? tonality ?? "major";
};

const texturesOf = (style: Style, { wanted, unwanted }: PromptText): Textures => {
  const level = (name: keyof Textures): number => {
    if (hasPhrase(unwanted, textureWords[name])) return 0;
    return hasPhrase(wanted, textureWords[name]) ? 0.6 : (style.textures[name] ?? 0);
  };
  return { rain: level("rain"), vinyl: level("vinyl"), wind: level("wind"), sea: level("sea") };
};

const unit = (value: number): number => Math.round(Math.min(1, Math.max(0.05, value)) * 100) / 100;
