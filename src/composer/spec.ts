// The music spec: a few hundred bytes of JSON that determine every byte of a piece.

import { z } from "zod";
import { AppError } from "../errors.ts";
import { isInstrumentName, isKitName, type InstrumentName, type KitName } from "./instruments.ts";
import { modes, styleNames } from "./styles/style.ts";

/**
 * Increased whenever the same spec would sound different; a spec of another version isn't played.
 */
export const composerVersion = 1;

export const sampleRate = 44_100;
export const durationSecondsMin = 10;
export const durationSecondsMax = 600;
export const bpmMin = 40;
export const bpmMax = 220;

export const tonics = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"] as const;

const unit = z.number().min(0).max(1);
const instrument = z.custom<InstrumentName>(isInstrumentName, "isn't an instrument of the bank").nullable();

const specSchema = z.strictObject({
  composerVersion: z.literal(composerVersion),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  title: z.string().min(1).max(120),
  style: z.enum(styleNames),
  durationSeconds: z.number().min(durationSecondsMin).max(durationSecondsMax),
  /** Beats per minute as played; the time after the last bar is that of the last chord. */
  bpm: z.number().min(bpmMin).max(bpmMax),
  meter: z.union([z.literal(3), z.literal(4)]),
  tonic: z.enum(tonics),
  mode: z.enum(modes),
  energy: unit,
  brightness: unit,
  swing: unit,
  form: z.strictObject({
    introBars: z.int().min(0).max(8),
    sectionBars: z.union([z.literal(2), z.literal(4), z.literal(8)]),
  }),
  parts: z.strictObject({
    chords: instrument,
    bass: instrument,
    lead: instrument,
    pad: instrument,
    arp: instrument,
    drums: z.custom<KitName>(isKitName, "isn't a kit of the bank").nullable(),
  }),
  textures: z.strictObject({ rain: unit, vinyl: unit, wind: unit, sea: unit }),
});

export type MusicSpec = z.infer<typeof specSchema>;

/** Throws INVALID_PARAMETER with all faults. */
export const parseSpec = (value: unknown): MusicSpec => {
  const parsed = specSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError("INVALID_PARAMETER", "The plan of the music is not valid.", {
    hint: `It must be a plan of the built-in composer, version ${composerVersion}.`,
    faults: parsed.error.issues.map((issue) => ({
      at: `/spec/${issue.path.join("/")}`,
      message: issue.message,
    })),
  });
};

/** The number of samples of a piece. This is the only place that rounds seconds. */
export const samplesOf = (spec: MusicSpec): number => Math.round(spec.durationSeconds * sampleRate);
