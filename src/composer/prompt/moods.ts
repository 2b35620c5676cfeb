// Lists the effect of each mood on the music. A mood that the prompt excludes, as in "not sad", has the opposite effect.

import type { StyleName } from "../styles/style.ts";

interface Mood {
  /** The styles that the mood suggests when the prompt names no style. */
  readonly styles: readonly StyleName[];
  readonly tonality?: "major" | "minor";
  /** The number that the mood adds to the style's energy. */
  readonly energy?: number;
  /** The number that the mood adds to the style's brightness. */
  readonly brightness?: number;
  /** The factor by which the mood changes the tempo. */
  readonly pace?: number;
}

const moodTable = {
  calm: { styles: ["ambient", "piano", "lofi", "folk"], energy: -0.2, brightness: -0.05, pace: 0.92 },
  gentle: { styles: ["piano", "folk", "lullaby"], energy: -0.2, brightness: -0.06, pace: 0.95 },
  mellow: { styles: ["lofi", "soul", "jazz"], energy: -0.15, brightness: -0.12, pace: 0.95 },
  "laid-back": { styles: ["lofi", "reggae", "bossa"], energy: -0.12, pace: 0.93 },
  energetic: { styles: ["house", "rock", "dnb", "techno"], energy: 0.2, brightness: 0.06, pace: 1.05 },
  upbeat: {
    styles: ["pop", "house", "folk", "disco"],
    energy: 0.16,
    brightness: 0.06,
    pace: 1.04,
    tonality: "major",
  },
  lively: { styles: ["jig", "polka", "swing"], energy: 0.18, brightness: 0.06, pace: 1.05 },
  aggressive: { styles: ["metal", "dubstep", "punk"], energy: 0.3, brightness: 0.06, tonality: "minor" },
  intense: { styles: ["cinematic", "techno", "metal"], energy: 0.25 },
  fiery: { styles: ["flamenco", "salsa"], energy: 0.25, brightness: 0.08 },
  sad: {
    styles: ["piano", "cinematic", "lofi"],
    tonality: "minor",
    energy: -0.12,
    brightness: -0.06,
    pace: 0.93,
  },
  lonely: { styles: ["piano", "cinematic"], tonality: "minor", energy: -0.12, brightness: -0.06 },
  happy: { styles: ["folk", "pop", "bossa", "house"], tonality: "major", energy: 0.08, brightness: 0.08 },
  uplifting: { styles: ["pop", "gospel", "cinematic"], tonality: "major", energy: 0.12, brightness: 0.08 },
  playful: { styles: ["ragtime", "chip", "polka"], tonality: "major", energy: 0.05, brightness: 0.08 },
  bright: { styles: ["pop", "folk"], brightness: 0.14 },
  dark: { styles: ["techno", "cinematic", "triphop"], tonality: "minor", brightness: -0.18 },
  spooky: { styles: ["cinematic", "ambient"], tonality: "minor", brightness: -0.15, energy: -0.05 },
  mysterious: { styles: ["ambient", "cinematic"], tonality: "minor", brightness: -0.12, energy: -0.08 },
  tense: { styles: ["cinematic", "techno"], tonality: "minor", energy: 0.1, brightness: -0.08 },
  romantic: { styles: ["piano", "waltz", "bossa", "soul"], energy: -0.08 },
  dreamy: { styles: ["ambient", "synthwave", "lofi"], energy: -0.12, brightness: -0.04 },
  nostalgic: { styles: ["piano", "synthwave", "folk"], energy: -0.06, brightness: -0.08 },
  elegant: { styles: ["waltz", "quartet", "classical"], energy: -0.04 },
  nocturnal: { styles: ["lofi", "synthwave", "jazz"], tonality: "minor", brightness: -0.06 },
  epic: { styles: ["cinematic"], energy: 0.25, brightness: 0.05 },
  triumphant: { styles: ["cinematic", "march"], energy: 0.22, tonality: "major" },
  dramatic: { styles: ["cinematic", "tango"], energy: 0.15, tonality: "minor" },
  sleepy: {
    styles: ["ambient", "lullaby", "piano"],
    tonality: "major",
    energy: -0.25,
    brightness: -0.12,
    pace: 0.88,
  },
  warm: { styles: ["lofi", "soul", "folk"], brightness: -0.1 },
  crisp: { styles: ["folk", "bossa"], brightness: 0.12 },
  hypnotic: { styles: ["techno", "ambient"], energy: 0 },
  spiritual: { styles: ["chant", "hymn", "ambient"], energy: -0.1 },
  heavy: { styles: ["metal", "dubstep"], energy: 0.18, brightness: -0.05 },
  groovy: { styles: ["funk", "disco", "soul"], energy: 0.06 },
  festive: { styles: ["polka", "salsa", "pop"], tonality: "major", energy: 0.15 },
  solemn: { styles: ["hymn", "quartet"], tonality: "minor", energy: -0.1 },
} as const satisfies Record<string, Mood>;

export type MoodName = keyof typeof moodTable;

export const moods: Readonly<Record<MoodName, Mood>> = moodTable;
