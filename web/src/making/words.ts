// Writes the texts about the current piece: its progress and its errors.
import { t } from "../i18n/translate.ts";
import { createMemo, on } from "solid-js";
import type { Listening } from "../player/create-listening.ts";
import { chordAt, type Making, progressWords, sectionAt } from "./making.ts";

/**
 * Returns the state of the current piece in words; empty if there is nothing to show. `wordsFor` writes the progress or
 * the error of a generation.
 */
export function wordsOf(
  listening: Listening,
  isAsking: boolean,
  wordsFor: (making: Making) => string,
): string {
  const { player } = listening;
  if (isAsking) return t("Asking for it…");
  if (player.state() === "offline") return t("Waiting for the network…");
  const making = listening.making();
  if (making?.state === "failed") return wordsFor(making);
  const failure = player.failure();
  if (failure) return failure;
  if (!making || making.state === "complete") return "";
  return listening.isMaking() && making.state === "running" && player.state() === "waiting"
    ? t("Waiting for the next notes…")
    : wordsFor(making);
}

/**
 * The section and the chord that are playing, such as "Verse · Fm7"; empty if no sound is playing.
 */
export function sectionWords({ making, player }: Listening): string {
  const now = making();
  if (!now || !player.isSounding()) return "";
  const at = player.seconds();
  return [t(sectionAt(now, at) ?? ""), chordAt(now, at)].filter(Boolean).join(" · ");
}

/**
 * The text for screen readers. So that it is not read aloud too often, it changes only in three cases: the state of the
 * generation changes, a section is added, or the player fails.
 */
export const announcementOf = (listening: Listening) =>
  createMemo(
    on(
      () => [listening.making()?.state, listening.making()?.sections.length, listening.player.failure()],
      () => {
        const making = listening.making();
        return listening.player.failure() ?? (making ? progressWords(making) : "");
      },
    ),
  );
