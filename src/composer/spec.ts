// Defines the music spec: a small JSON object that determines every byte of a piece.

import { z } from "zod";
import { AppError } from "../errors.ts";
import { isInstrumentName, isKitName, type InstrumentName, type KitName } from "./instruments.ts";
import { sectionKinds } from "./score/form/form.ts";
import { meterNames } from "./score/time/meter.ts";
import { drumLanes, feels, formNames, modes, parts, styleNames, wheres } from "./styles/style.ts";

/**
 * The composer's version. A change of the composer that makes the same spec sound different needs a higher version. A
 * spec keeps the version with which it was made. For a spec of an earlier version, the composer still makes the same
 * bytes as before.
 */
export const composerVersion = 2;

export const sampleRate = 44_100;
export const durationSecondsMin = 10;
export const durationSecondsMax = 600;
export const endlessSecondsMax = 86_400;
export const bpmMin = 40;
export const bpmMax = 220;

export const tonics = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"] as const;

const unit = z.number().min(0).max(1);
const instrument = z.custom<InstrumentName>(isInstrumentName, "isn't an instrument of the bank").nullable();
const kit = z.custom<KitName>(isKitName, "isn't a kit of the bank").nullable();
const part = z.enum(parts);
const decibels = z.number().min(-24).max(12);

/** A change for some sections or a stretch of the piece, such as "without drums in the verse". */
const placeSchema = z.strictObject({
  where: z.enum(wheres),
  /** The time in seconds at which the stretch begins (if `where` is "after") or ends (if `where` is "before"). */
  seconds: z.number().min(0).max(durationSecondsMax).optional(),
  /** The parts that rest in these sections or in this stretch. */
  silent: z.array(part).max(parts.length),
  /**
   * The parts that play in these sections or in this stretch. Without this entry, the form of the piece may let them
   * rest.
   */
  plays: z.array(part).max(parts.length),
  energy: z.number().min(-1).max(1),
  semitones: z.int().min(-12).max(12),
  mode: z.enum(modes).optional(),
  /** The factor for the tempo in these sections or in this stretch. */
  pace: z.number().min(0.5).max(2),
});

const shared = {
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  title: z.string().min(1).max(120),
  style: z.enum(styleNames),
  durationSeconds: z.number().min(durationSecondsMin).max(durationSecondsMax),
  tonic: z.enum(tonics),
  mode: z.enum(modes),
  energy: unit,
  brightness: unit,
  swing: unit,
  textures: z.strictObject({ rain: unit, vinyl: unit, wind: unit, sea: unit }),
};

const lengths = {
  introBars: z.int().min(0).max(32),
  sectionBars: z.union([z.literal(2), z.literal(4), z.literal(8), z.literal(12)]),
};

const specSchema = z.strictObject({
  ...shared,
  composerVersion: z.union([z.literal(1), z.literal(composerVersion)]),
  /**
   * The tempo in beats per minute. The tempo stays as it is given, so the last bar usually ends before the piece ends.
   * The last chord then rings until the end of the piece.
   */
  bpm: z.number().min(bpmMin).max(bpmMax),
  meter: z.enum(meterNames),
  form: z.strictObject({
    ...lengths,
    name: z.enum(formNames).nullable(),
    /**
     * The sections in order. If the list is empty, `name` decides. If `name` is null, too, the
     * style decides.
     */
    order: z.array(z.enum(sectionKinds)).max(24),
    ending: z.enum(["ring", "fade", "stop", "loop"]),
    /** The part that begins alone. */
    opening: part.nullable(),
    /** The part that plays the solo section. */
    solo: part.nullable(),
    /** The number of semitones by which the last chorus and everything after it are higher. */
    lift: z.int().min(-12).max(12),
  }),
  parts: z.strictObject({
    chords: instrument,
    bass: instrument,
    lead: instrument,
    counter: instrument,
    pad: instrument,
    arp: instrument,
    drums: kit,
  }),
  /** Percussion in addition to the patterns of the kit. */
  percussion: z.array(z.enum(drumLanes)).max(8),
  feel: z.array(z.enum(feels)).max(12),
  /** If `themeSeed` is set, the tune is made from it, and everything else from `seed`. So the chords stay the same. */
  themeSeed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  /** The number of semitones by which the finished score is shifted. */
  transpose: z.int().min(-24).max(24),
  /** The decibels that are added to the level of a part. */
  levels: z.partialRecord(part, decibels),
  places: z.array(placeSchema).max(12),
  /**
   * The length of an endless piece in seconds. An endless piece consists of stretches of new material. In its spec,
   * `durationSeconds` is the length of one stretch.
   */
  endlessSeconds: z.number().min(durationSecondsMin).max(endlessSecondsMax).optional(),
});

export type MusicSpec = z.infer<typeof specSchema>;
export type PlaceChange = z.infer<typeof placeSchema>;

/**
 * The first format of specs. All specs in this format have composer version 1. But a spec of version 1 can also be in
 * the present format (`specSchema`).
 */
const firstSchema = z.strictObject({
  ...shared,
  composerVersion: z.literal(1),
  bpm: z.number().min(bpmMin).max(bpmMax),
  meter: z.union([z.literal(3), z.literal(4)]),
  form: z.strictObject({ ...lengths, introBars: z.int().min(0).max(8) }),
  parts: z.strictObject({
    chords: instrument,
    bass: instrument,
    lead: instrument,
    pad: instrument,
    arp: instrument,
    drums: kit,
  }),
});

/** The fields that prompts seldom set, with their usual values. */
export const usualFields = {
  percussion: [],
  feel: [],
  transpose: 0,
  levels: {},
  places: [],
} satisfies Partial<MusicSpec>;

export const usualForm = {
  name: null,
  order: [],
  ending: "ring",
  opening: null,
  solo: null,
  lift: 0,
} satisfies Partial<MusicSpec["form"]>;

/**
 * Accepts specs in both formats. A spec in the first format is returned with all fields of the
 * present format, but keeps its `composerVersion`. If `value` is valid in neither format, throws
 * INVALID_PARAMETER with all faults that `value` has in the present format.
 */
export const parseSpec = (value: unknown): MusicSpec => {
  const first = firstSchema.safeParse(value);
  if (first.success) return fromFirst(first.data);
  const parsed = specSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError("INVALID_PARAMETER", "The plan of the music is not valid.", {
    hint: `It must be a plan of the built-in composer, version ${composerVersion} or earlier.`,
    faults: parsed.error.issues.map((issue) => ({
      at: `/spec/${issue.path.join("/")}`,
      message: issue.message,
    })),
  });
};

const fromFirst = (spec: z.infer<typeof firstSchema>): MusicSpec => ({
  ...spec,
  ...usualFields,
  meter: spec.meter === 3 ? "3/4" : "4/4",
  form: { ...usualForm, ...spec.form },
  parts: { ...spec.parts, counter: null },
});

/**
 * Returns the number of samples per channel of a piece, or of one stretch of an endless piece. Use
 * only this function, so that the length is always rounded the same way.
 */
export const samplesOf = (spec: Pick<MusicSpec, "durationSeconds">): number =>
  Math.round(spec.durationSeconds * sampleRate);
