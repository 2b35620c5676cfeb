// Returns what a row of a list shows about the state of a version.
import { t } from "../i18n/translate.ts";
import type { VersionSummary } from "../api/wire.ts";
import { isFinal, isOpenEnded, lengthSeconds } from "../making/making.ts";
import type { Makings } from "../making/create-makings.ts";

export interface Standing {
  seconds: number;
  /** The progress, from 0 to 1. Undefined if no generation is running, or if the length of the piece is not known. */
  progress: number | undefined;
  /** The text that replaces the length during the generation and after a failure. */
  note: string | undefined;
  /** Whether the generation has ended, even with a failure, and there is audio to download. */
  isKept: boolean;
}

export function standingOf(makings: Pick<Makings, "get">, version: VersionSummary): Standing {
  const making = makings.get(version.requestId);
  const state = making?.state ?? version.state;
  const seconds = making ? lengthSeconds(making) : (version.durationMs ?? 0) / 1000;
  const isOver = isFinal(state);
  const isEndless = isOpenEnded(making);
  const progress =
    making && !isOver && !isEndless && making.plannedMs ? making.generatedMs / making.plannedMs : undefined;
  const percent = progress ? t("{n} %", { n: Math.min(99, Math.round(progress * 100)) }) : "…";
  const growing = isEndless ? t("Endless") : percent;
  const note = state === "failed" ? t("didn’t finish") : isOver ? undefined : growing;
  return { seconds, progress, note, isKept: isOver && seconds > 0 };
}
