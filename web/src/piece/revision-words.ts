// Writes how an instruction was understood, in sentences.
import type { StartedVersion } from "../api/wire.ts";
import { music } from "../i18n/music.ts";
import { quotedList, t } from "../i18n/translate.ts";

/**
 * If `by` is "plan", the built-in composer has described the changes in its own English words, and these words are
 * translated. Otherwise `understood` contains the words of the user or of another generator, and stays as it is.
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
