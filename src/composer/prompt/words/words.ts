// Defines the type of a language's list of words for music. Each meaning has its phrases, separated by commas. A * at
// the end of a phrase stands for any further letters: "sleep*" matches "sleep", "sleepy" and "sleeping".

import type { InstrumentName } from "../../instruments.ts";
import type { DrumLane, Feel, Mode, StyleName } from "../../styles/style.ts";
import type { MoodName } from "../moods.ts";

type Phrases<Meaning extends string> = Readonly<Partial<Record<Meaning, string>>>;

export type TempoWord = "very slow" | "slow" | "moderate" | "fast" | "very fast";
type PartWord = "melody" | "chords" | "bass" | "pad" | "arp" | "drums" | "rhythm" | "instruments";
type FormWord =
  "twelve" | "aaba" | "ramp" | "loop" | "fade" | "stop" | "lift" | "ring" | "opening" | "closing" | "middle";
type SectionWord = "intro" | "verse" | "chorus" | "break" | "build" | "solo" | "outro";
type LogicWord = "no" | "no after" | "less" | "only" | "and" | "but" | "after" | "under" | "about";
/** Groups of instruments that a prompt can name or exclude as a whole. */
export type FamilyWord =
  "guitars" | "strings" | "brass" | "winds" | "synths" | "keys" | "voices" | "acoustic" | "electronic";

export interface Words {
  readonly styles?: Phrases<StyleName>;
  /** Genres that the composer doesn't play, grouped by the nearest style that it plays. */
  readonly nearStyles?: Phrases<StyleName>;
  /** Words that suggest a style only if no genre is named. */
  readonly hints?: Phrases<StyleName>;
  readonly instruments?: Phrases<InstrumentName>;
  readonly nearInstruments?: Phrases<InstrumentName>;
  readonly families?: Phrases<FamilyWord>;
  readonly percussion?: Phrases<DrumLane>;
  readonly nearPercussion?: Phrases<DrumLane>;
  readonly kits?: Phrases<"brushes" | "electronic" | "standard">;
  readonly parts?: Phrases<PartWord>;
  readonly moods?: Phrases<MoodName>;
  readonly textures?: Phrases<"rain" | "vinyl" | "wind" | "sea">;
  readonly tempo?: Phrases<TempoWord>;
  readonly modes?: Phrases<Mode>;
  readonly feels?: Phrases<Feel | "swing" | "straight">;
  readonly forms?: Phrases<FormWord>;
  readonly sections?: Phrases<SectionWord>;
  /** Phrases for things that the composer can't do, grouped by kind. */
  readonly cannot?: Phrases<"voice" | "speech" | "effect" | "artist">;
  readonly logic?: Phrases<LogicWord>;
  readonly units?: Phrases<"seconds" | "minutes" | "hours" | "bars" | "bpm">;
  readonly numbers?: Readonly<Record<string, number>>;
  /** Words without a meaning for the music. */
  readonly fillers?: string;
  /** Adjectives without an effect on the music. Unlike `fillers`, they are reported as not understood. */
  readonly plain?: string;
}
