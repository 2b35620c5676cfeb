// What the page says of the piece that plays: how far it is, and what is wrong.
import { createMemo, on } from "solid-js";
import type { Listening } from "../player/create-listening.ts";
import { type Making, progressWords, sectionAt } from "./making.ts";

/** The state in words; empty where there is nothing to say. */
export function wordsOf(
  listening: Listening,
  isAsking: boolean,
  wordsFor: (making: Making) => string,
): string {
  const { player } = listening;
  if (isAsking) return "Asking for it…";
  if (player.state() === "offline") return "Waiting for the network…";
  const making = listening.making();
  if (making?.state === "failed") return wordsFor(making);
  const failure = player.failure();
  if (failure) return failure;
  if (!making || making.state === "complete") return "";
  return listening.isMaking() && making.state === "running" && player.state() === "waiting"
    ? "Waiting for the next notes…"
    : wordsFor(making);
}

/** The section that plays; empty while nothing sounds. */
export function sectionWords(listening: Listening): string {
  const making = listening.making();
  return (making && listening.player.isSounding() && sectionAt(making, listening.player.seconds())) || "";
}

/** For screen readers: a new state, a new section or a failure, but not every bar. */
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
