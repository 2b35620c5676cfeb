// Parses a prompt into a music spec. If a word of the prompt names a value of a property (for example a tempo), the
// property gets this value. If an option contradicts the word, the property gets the value of the option. All other
// properties are decided by the style, the moods and the seed.

import { createRandom } from "../random.ts";
import {
  composerVersion,
  durationSecondsMax,
  durationSecondsMin,
  type MusicSpec,
  parseSpec,
  tonics,
  usualFields,
  usualForm,
} from "../spec.ts";
import { styles } from "../styles/all-styles.ts";
import { type Feel, feels, type Mode, type Style, type Textures } from "../styles/style.ts";
import { titleOf } from "../title.ts";
import { chooseStyle } from "./choose-style.ts";
import { moods, type MoodName } from "./moods.ts";
import { nameOfTonic } from "./names.ts";
import { planBand } from "./plan-band.ts";
import { endingOf, planForm } from "./plan-form.ts";
import { planMeter, planTempo } from "./plan-tempo.ts";
import { type PromptOptions, readOptions } from "./prompt-options.ts";
import { type Reading, readPrompt, type Wish, type WordWish } from "./reading.ts";
import { contradicted, denied } from "./contradictions.ts";
import { createReport, type Report } from "./report.ts";

export interface PromptRequest {
  readonly prompt: string;
  readonly seed: number;
  readonly durationSeconds: number;
  readonly options?: PromptOptions | undefined;
}

export interface ParsedPrompt {
  readonly spec: MusicSpec;
  /**
   * Phrases for people. They name the fulfilled wishes and other decisions, such as a style that was drawn with the
   * seed.
   */
  readonly understood: readonly string[];
  /**
   * The wishes that were not fulfilled, as texts for the user, in this order:
   * - words of the prompt that were replaced by something similar, or had no effect;
   * - phrases for the options that can't be fulfilled.
   */
  readonly notUnderstood: readonly string[];
  /** The moods that the prompt asks for, without the moods that the prompt excludes. */
  readonly moods: readonly MoodName[];
}

export const parsePrompt = (request: PromptRequest): MusicSpec => readWishes(request).spec;

/** The length of each part of an endless piece. Each part has its own material. */
const endlessPartSeconds = 120;

export const readWishes = ({
  prompt,
  seed,
  durationSeconds: wantedSeconds,
  options,
}: PromptRequest): ParsedPrompt => {
  const isEndless = options?.endless === true;
  const durationSeconds = isEndless ? endlessPartSeconds : wantedSeconds;
  const { reading: whole, overruled, fulfilled, unfulfilled } = readOptions(readPrompt(prompt), options);
  const report = createReport();
  const lost = contradicted(whole.wishes);
  const reading = { ...whole, wishes: whole.wishes.filter((wish) => !lost.has(wish)) };
  const style = planStyle(reading, seed, report);
  const felt = planMoods(reading, report);
  const sum = (of: "energy" | "brightness"): number =>
    felt.reduce((total, { mood, weight }) => total + (moods[mood][of] ?? 0) * weight, 0);
  const pace = felt.reduce((product, { mood, weight }) => product * (moods[mood].pace ?? 1) ** weight, 1);
  const band = planBand(style, reading, createRandom(seed, "band"), report);
  const meter = planMeter(style, reading, report);
  const feel = planFeel(style, reading, report, band.isHandOnly);
  const isLoop = isEndless || endingOf(reading) === "loop";
  const bpm = planTempo({ style, meter, reading, seed, durationSeconds, pace, isLoop }, report);
  const draft: MusicSpec = {
    composerVersion,
    seed,
    title: "",
    style: style.name,
    durationSeconds,
    bpm,
    meter,
    ...planKey(style, reading, felt, seed, report),
    energy: unit(style.energy + sum("energy")),
    brightness: unit(style.brightness + sum("brightness") - (feel.list.includes("low-quality") ? 0.3 : 0)),
    swing: feel.swing,
    form: { ...usualForm, introBars: 0, sectionBars: 4 },
    parts:
      feel.list.includes("wobble") && band.parts.bass !== null
        ? { ...band.parts, bass: "synth bass" }
        : band.parts,
    ...usualFields,
    percussion: [...band.percussion],
    feel: [...feel.list],
    textures: planTextures(style, reading, feel.list, report),
    ...(isEndless ? { endlessSeconds: wantedSeconds } : {}),
  };
  const spec = { ...draft, form: planForm(draft, reading, report) };
  reportLength(spec, reading.wishes, report);
  for (const wish of denied(reading.wishes, spec)) report.refused(wish);
  return {
    spec: parseSpec({ ...spec, title: titleOf(prompt, spec) }),
    understood: [...report.understood, ...fulfilled],
    notUnderstood: [
      ...report.notUnderstood([...whole.wishes, ...overruled], reading.unknown),
      ...unfulfilled,
    ],
    moods: felt.filter(({ weight }) => weight > 0).map(({ mood }) => mood),
  };
};

const planStyle = (reading: Reading, seed: number, report: Report): Style => {
  const { style: name, by, wishes, left } = chooseStyle(reading, createRandom(seed, "style"));
  const style = styles[name];
  for (const wish of wishes) {
    if (wish.kind === "nearStyles") report.near(wish, style.label);
    else report.done(wish, style.label);
  }
  for (const wish of left) report.refused(wish);
  if (by === "hint" || by === "mood") report.note(`${style.label}, because no genre was named`);
  if (by === "seed") report.note(`${style.label}, drawn by the seed`);
  for (const wish of reading.wishes) {
    if ((wish.kind === "styles" || wish.kind === "nearStyles") && wish.isNegated)
      report.done(wish, `not ${wish.typed.toLowerCase()}`);
    if (wish.kind === "styles" && report.isSettled(wish) === false && !wish.isNegated) report.refused(wish);
    // A word for a place or a picture only suggests a style, so such a word is never reported as a
    // word without effect.
    if (wish.kind === "hints" && !report.isSettled(wish)) report.done(wish, "");
    if (wish.kind === "units") report.done(wish, "");
  }
  return style;
};

interface Felt {
  readonly mood: MoodName;
  /** 1 for a mood that the prompt asks for. Negative for a mood that the prompt excludes. */
  readonly weight: number;
}

const planMoods = ({ wishes }: Reading, report: Report): readonly Felt[] => {
  const felt = new Map<MoodName, number>();
  for (const wish of wishes) {
    if (wish.kind !== "moods") continue;
    const mood = wish.id as MoodName;
    if (!felt.has(mood)) felt.set(mood, wish.isNegated ? (wish.isSoft ? -0.6 : -1) : 1);
    report.done(wish, wish.isNegated ? `not ${wish.typed.toLowerCase()}` : mood);
  }
  return [...felt].map(([mood, weight]) => ({ mood, weight }));
};

const planKey = (
  style: Style,
  { wishes }: Reading,
  felt: readonly Felt[],
  seed: number,
  report: Report,
): Pick<MusicSpec, "tonic" | "mode"> => {
  const keys = wishes.filter((wish) => wish.kind === "key");
  const key = keys.find(({ isNegated }) => !isNegated);
  const modeWishes = wishes.filter((wish): wish is WordWish => wish.kind === "modes");
  const asked = modeWishes.find(({ isNegated }) => !isNegated);
  const refusedMode = modeWishes.find(({ isNegated }) => isNegated);
  const random = createRandom(seed, "key");
  const drawn = random.pick(tonics);
  const mood = felt.find(({ mood: name }) => "tonality" in moods[name]);
  const tonality =
    refusedMode !== undefined
      ? opposite(refusedMode.id as Mode)
      : mood === undefined
        ? undefined
        : toned(mood);
  const mode =
    (key?.kind === "key" ? key.mode : undefined) ??
    (asked?.id as Mode | undefined) ??
    modeFor(style, tonality, random.next());
  const tonic = key?.kind === "key" ? key.tonic : drawn;
  for (const wish of keys) {
    if (wish === key)
      report.done(
        wish,
        `${nameOfTonic(tonic, mode)}${key.kind === "key" && key.mode !== undefined ? ` ${key.mode}` : ""}`,
      );
    else report.refused(wish);
  }
  for (const wish of modeWishes) {
    if (wish.isNegated ? mode !== wish.id : mode === wish.id)
      report.done(wish, wish.isNegated ? `not ${wish.id}` : wish.id);
    else report.refused(wish);
  }
  return { tonic, mode };
};

const toned = ({ mood, weight }: Felt): "major" | "minor" | undefined => {
  const { tonality } = moods[mood];
  return tonality === undefined || weight > 0 ? tonality : opposite(tonality);
};

const opposite = (mode: Mode): "major" | "minor" =>
  mode === "major" || mode === "lydian" || mode === "mixolydian" ? "minor" : "major";

const modeFor = (style: Style, tonality: "major" | "minor" | undefined, dice: number): Mode => {
  const bright: readonly Mode[] = ["major", "lydian", "mixolydian"];
  const fitting = style.modes.filter(
    (mode) => tonality === undefined || bright.includes(mode) === (tonality === "major"),
  );
  return fitting[Math.floor(dice * fitting.length)] ?? tonality ?? "major";
};

const feelsMax = 12;

const planFeel = (
  style: Style,
  { wishes }: Reading,
  report: Report,
  isHandOnly: boolean,
): { readonly list: readonly Feel[]; readonly swing: number } => {
  const list = new Set<Feel>(style.feel ?? []);
  if (isHandOnly) list.add("hand-drums");
  else list.delete("hand-drums");
  let { swing } = style;
  for (const wish of wishes) {
    if (wish.kind === "parts" && wish.id === "rhythm" && wish.isNegated) list.add("legato");
    if (wish.kind !== "feels") continue;
    if (wish.id === "swing" || wish.id === "straight") {
      const isSwung = (wish.id === "swing") !== wish.isNegated;
      swing = isSwung ? Math.max(swing, /bit|light/.test(wish.phrase) ? 0.35 : 0.6) : 0;
      report.done(wish, isSwung ? "swing" : "no swing");
      continue;
    }
    const feel = feels.find((name) => name === wish.id);
    if (feel === undefined) continue;
    if (wish.isNegated) {
      list.delete(feel);
      if (feel === "reverb") list.add("dry");
      report.done(wish, `no ${wish.typed.toLowerCase()}`);
    } else if (list.size < feelsMax || list.has(feel)) {
      list.add(feel);
      report.done(wish, feelNames[feel] ?? feel.replaceAll("-", " "));
    } else report.refused(wish);
  }
  return { list: [...list].slice(0, feelsMax), swing };
};

const feelNames: Readonly<Partial<Record<Feel, string>>> = {
  skank: "off-beat chords",
  "hat-rolls": "hi-hat rolls",
  montuno: "montuno",
  wobble: "wobble bass",
  "double-kick": "double bass drum",
  "clave-2-3": "2-3 clave",
  "clave-3-2": "3-2 clave",
  arpeggio: "broken chords",
  reverb: "long reverb",
  "low-quality": "an old recording",
};

const planTextures = (style: Style, { wishes }: Reading, feel: readonly Feel[], report: Report): Textures => {
  const levels = { rain: 0, vinyl: 0, wind: 0, sea: 0, ...style.textures };
  if (feel.includes("low-quality")) levels.vinyl = Math.max(levels.vinyl, 0.5);
  for (const wish of wishes) {
    if (wish.kind !== "textures") continue;
    const name = wish.id as keyof Textures;
    levels[name] = wish.isNegated ? 0 : Math.max(0.6, levels[name]);
    report.done(wish, wish.isNegated ? `without ${wish.typed.toLowerCase()}` : name);
  }
  return levels;
};

const reportLength = (spec: MusicSpec, wishes: readonly Wish[], report: Report): void => {
  const { durationSeconds, endlessSeconds } = spec;
  if (endlessSeconds !== undefined) report.note("goes on until it is stopped");
  for (const wish of wishes) {
    if (wish.kind !== "duration") continue;
    const possible = Math.min(durationSecondsMax, Math.max(durationSecondsMin, wish.seconds));
    const isOther = endlessSeconds !== undefined || Math.abs(possible - durationSeconds) > 1;
    if (isOther || wish.isNegated) report.refused(wish);
    else if (Math.abs(wish.seconds - durationSeconds) > 1) report.near(wish, `${durationSeconds} seconds`);
    else report.done(wish, `${durationSeconds} seconds`);
  }
};

const unit = (value: number): number => Math.round(Math.min(1, Math.max(0.05, value)) * 100) / 100;
