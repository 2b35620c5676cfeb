// Defines the state of one generation on the page, and the texts about it.
import { plural, t } from "../i18n/translate.ts";
import type { Chord, GenerationState, GeneratorEnd } from "../api/wire.ts";

export interface Section {
  name: string;
  fromMs: number;
}

export interface Making {
  requestId: string;
  state: GenerationState;
  title: string;
  plannedMs: number;
  /**
   * Whether the piece goes on until somebody stops it. The planned length of such a piece has no
   * meaning.
   */
  isEndless?: boolean | undefined;
  plannedBytes?: number | undefined;
  generatedMs: number;
  bar?: number | undefined;
  sections: Section[];
  /** The chords in the order of time; empty if the generator reports no chords. */
  chords: Chord[];
  reason?: string | undefined;
  /** The estimated seconds until the piece is complete, if they are known. */
  secondsLeft?: number | undefined;
  /** After a cancellation: whether a generator on another machine stopped, too. */
  generatorEnd?: GeneratorEnd | null | undefined;
  /**
   * The place in the queue and the estimated waiting time in seconds, if they are known. `at` is the time of the event
   * that reported both values. `at` is missing if both values were read from the state of the generation.
   */
  queue?: { place: number; seconds: number; at?: string } | null | undefined;
  /** A counter that increases when the waveform has grown. */
  peaksGrown: number;
}

export const isFinal = (state: GenerationState): boolean =>
  state === "complete" || state === "failed" || state === "cancelled";

/** Whether the final length of the piece is not known yet. */
export const isOpenEnded = (making: Making | undefined): boolean =>
  making?.isEndless === true && !isFinal(making.state);

/**
 * Returns the length of the piece in seconds. For an endless, failed or stopped piece, this is the length of the
 * generated part; for any other piece, it is the planned length.
 */
export function lengthSeconds(making: Making): number {
  const isCutShort = making.isEndless || making.state === "failed" || making.state === "cancelled";
  return (isCutShort ? making.generatedMs : making.plannedMs) / 1000;
}

/**
 * The name of the section that contains a time of the piece; undefined before the first section.
 */
export function sectionAt(making: Making, seconds: number): string | undefined {
  return making.sections.findLast((section) => section.fromMs <= seconds * 1000)?.name;
}

/** The name of the chord that sounds at a time of the piece; undefined before the first chord. */
export function chordAt(making: Making, seconds: number): string | undefined {
  return making.chords.findLast((chord) => chord.startMs <= seconds * 1000)?.name;
}

/**
 * If at most this number of seconds remain, or if the remaining time is not known, the percentage
 * is shown instead of the remaining seconds.
 */
const LEFT_SECONDS_MIN = 5;

/** The state of the generation, in words. */
export function progressWords(making: Making): string {
  switch (making.state) {
    case "queued":
      return making.queue && making.queue.place > 1
        ? placeWords(making.queue)
        : t("Finding the first notes…");
    case "running": {
      const section = making.sections.at(-1)?.name;
      const where = section ? t("Composing the {section}…", { section: t(section) }) : t("Composing…");
      const n = making.secondsLeft ?? 0;
      const left = making.isEndless
        ? t("until you stop it")
        : n > LEFT_SECONDS_MIN
          ? t("about {n} s left", { n })
          : t("{n} %", { n: percentOf(making) });
      const bar = making.bar ? [t("bar {n}", { n: making.bar })] : [];
      return `${unbroken(where)} ${unbroken([...bar, left].join(t(", ")))}`;
    }
    case "complete":
      return t("Finished");
    case "failed":
      return t(making.reason ?? "This piece could not be made.");
    case "cancelled":
      return making.generatorEnd === "left running"
        ? t("Stopped. The part that was made is kept. The generator itself did not stop.")
        : t("Stopped. The part that was made is kept.");
  }
}

function placeWords({ place, seconds }: { place: number; seconds: number }): string {
  return plural(
    place - 1,
    "One piece is before yours, which begins in about {seconds} s.",
    "{n} pieces are before yours, which begins in about {seconds} s.",
    { seconds },
  );
}

/** The state of the generation, as a short text. */
export function shortWords(making: Making): string {
  if (making.state !== "running") return progressWords(making);
  return making.isEndless
    ? t("It goes on until you stop it.")
    : unbroken(t("{n} % made", { n: percentOf(making) }));
}

/** The text with no-break spaces. */
const unbroken = (text: string): string => text.replaceAll(" ", "\u00a0");

const percentOf = (making: Making): number =>
  Math.min(99, Math.round((making.generatedMs / making.plannedMs) * 100) || 0);
