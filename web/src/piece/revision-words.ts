// Writes how an instruction was understood, in sentences.
import type { StartedVersion } from "../api/wire.ts";
import { music } from "../i18n/music.ts";
import { quotedList, t } from "../i18n/translate.ts";

/**
 * Only the built-in composer (`by` is "plan") describes changes in its own English words, so only these are translated.
 * Other generators repeat the user's words.
 */
export function revisionWords({
  by,
  understood,
  notUnderstood,
}: Pick<StartedVersion, "by" | "understood" | "notUnderstood">): string {
  const changes = by === "plan" ? understood.map(music) : understood;
  const done = t("Understood: {words}.", { words: changes.join(t(", ")) });
  return notUnderstood.length
    ? `${done} ${t("Not understood: {words}.", { words: quotedList(notUnderstood) })}`
    : done;
}
