// Defines the types of the API's answers, as far as the page uses them.

export type GenerationState = "queued" | "running" | "complete" | "failed" | "cancelled";

/** The account of a session. */
export interface Account {
  business: string;
  /** "external" means that the business signs the user in itself, and then gets a token for the user. */
  kind: "guest" | "member" | "external";
  /** Null for guests and external users. */
  email: string | null;
}

export interface StartedGeneration {
  requestId: string;
  projectId: string;
  trackId: string;
  versionId: string;
}

export interface GenerationOptions {
  /** In beats per minute. */
  tempo?: number | undefined;
  key?: string | undefined;
  style?: string | undefined;
  lyrics?: string | undefined;
  instrumental?: boolean | undefined;
}

/** The plan of the music, in words. A field is absent if the generator doesn't know its value. */
export interface PlanWords {
  style?: string;
  bpm?: number;
  key?: string;
  meter?: string;
  mood?: readonly string[];
  instruments?: readonly string[];
  textures?: readonly string[];
  form?: readonly string[];
  /** The version of the built-in composer; absent if another generator made the plan. */
  composerVersion?: number;
}

/**
 * How the generator understood a prompt: the words that had an effect, those that had none, and the plan. A field is
 * absent if the generator doesn't report it.
 */
export interface Described {
  understood?: readonly string[];
  /** The words as they were typed. */
  notUnderstood?: readonly string[];
  plan?: PlanWords;
}

/** A version made from an instruction, with the understood changes and the parts that were not understood. */
export interface StartedVersion extends StartedGeneration {
  /** "prompt" means that a new piece is made from the instruction, because the generator can't change a piece. */
  by: "plan" | "generator" | "prompt";
  understood: readonly string[];
  notUnderstood: readonly string[];
}

export interface GenerationStatus extends StartedGeneration, Described {
  state: GenerationState;
  title: string | null;
  prompt: string;
  options: GenerationOptions | null;
  /** The generator that the request named. */
  generator?: string | null;
  durationSeconds?: number | "endless";
  generatedMs: number;
  plannedMs: number | null;
  plannedBytes: number | null;
  reason: string | null;
  /** The place in the queue and the estimated seconds until the start; null after the generation has begun. */
  queue?: { place: number; seconds: number } | null;
  generatorEnd?: GeneratorEnd | null;
}

/** A version in a list. `peaks` is the loudness of 100 equal parts of the piece, as unsigned bytes in base64. */
export interface VersionSummary {
  id: string;
  number: number;
  /** The id of the version from which this version was made. */
  parentId: string | null;
  prompt: string;
  instruction: string | null;
  durationMs: number | null;
  peaks: string | null;
  createdAt: string;
  state: GenerationState;
  requestId: string | null;
}

export interface TrackSummary {
  id: string;
  title: string;
  projectId: string;
  projectName: string;
  createdAt: string;
  /** The time at which the user liked the piece; null if the user has not liked it. */
  likedAt?: string | null;
  versions: VersionSummary[];
}

/** An album, which is a project in the API: a set of pieces. */
export interface Album {
  id: string;
  name: string;
  updatedAt: string;
  trackCount: number;
}

export interface ThingRef {
  kind: "project" | "track" | "version";
  id: string;
}

/** One deletion, with the numbers of tracks and versions that it moved to the trash. */
export interface Deletion {
  id: string;
  kind: ThingRef["kind"];
  subjectId: string;
  title: string;
  trackCount: number;
  versionCount: number;
  deletedAt: string;
  /** The instant after which the deleted thing is removed permanently. */
  purgeAfter: string;
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

/**
 * How the work on a cancelled piece ended, if the generator is on another machine. "left running" means that the work
 * is possibly still running there.
 */
export type GeneratorEnd = "stopped" | "left running";

export interface Chord {
  startMs: number;
  /** Such as "Fm7". */
  name: string;
}

interface BarMark {
  bar: number;
  startMs: number;
  section?: string;
  chords: readonly Chord[];
}

/**
 * One entry of a generation's event stream. `peaks` contains 50 pairs per second, in base64. Each pair is the minimum
 * and the maximum as signed bytes.
 */
export type GenerationEvent =
  | { type: "queue"; at: string; place: number; seconds: number }
  /** `plannedMs` is null for an endless piece. */
  | { type: "started"; at: string; title: string; plannedMs: number | null; plannedBytes?: number | null }
  | {
      type: "progress";
      at: string;
      startMs: number;
      generatedMs: number;
      secondsLeft?: number;
      section?: string;
      bar?: number;
      /** The bars that begin in this chunk, with their chords. Absent if the generator doesn't know them. */
      bars?: readonly BarMark[];
      peaks?: string;
    }
  | { type: "report"; at: string; queued?: number; etaSeconds?: number; stage?: string }
  | {
      type: "queued" | "complete" | "failed" | "cancelled";
      at: string;
      reason?: string;
      generatorEnd?: GeneratorEnd;
    };

export interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  hint?: string;
  details?: { resetsAt?: unknown; limit?: unknown };
  faults?: { at: string; message: string; hint?: string }[];
}
