// Builds the fields of the POST request for a piece, with the names that the server's dialect uses.
import type { GenerationOptions } from "../generator.ts";
import type { PromptPlan } from "../remote/prompt-plan.ts";
import { smallSeed, wordsOfOptions } from "../remote/wishes.ts";
import type { AudioHttpPlace } from "./place.ts";

export type Fields = Readonly<Record<string, string | number | boolean>>;

/**
 * If the dialect has no field for a value, the value is sent in another way or left out: see `Dialect.fields`. If the
 * dialect has no field for lyrics, this function leaves them out. So the caller must first refuse a piece with lyrics.
 */
export function fieldsOf(
  plan: PromptPlan,
  options: GenerationOptions | undefined,
  { dialect, model }: AudioHttpPlace,
): Fields {
  const { fields, fixed, noLyrics, unitsPerSecond = 1 } = dialect;
  const { tempo, key, style, lyrics, instrumental } = options ?? {};
  const inWords = wordsOfOptions({
    ...(style === undefined ? {} : { style }),
    ...(tempo === undefined || fields.tempo !== undefined ? {} : { tempo }),
    ...(key === undefined || fields.key !== undefined ? {} : { key }),
  });
  const withoutVoice = instrumental === true && fields.instrumental === undefined ? "instrumental" : "";
  const words = [plan.prompt, inWords, withoutVoice].filter((part) => part !== "").join("\n");
  const all: readonly (readonly [string | undefined, string | number | boolean | undefined])[] = [
    [fields.prompt, words],
    [fields.seconds, Math.ceil(plan.durationSeconds * unitsPerSecond)],
    [fields.seed, smallSeed(plan.seed)],
    [fields.lyrics, lyrics ?? noLyrics],
    [fields.tempo, tempo],
    [fields.key, key],
    [fields.instrumental, instrumental],
    [fields.model, model],
  ];
  const sent = all.filter(([name, value]) => name !== undefined && value !== undefined);
  return { ...fixed, ...Object.fromEntries(sent) };
}

export function formOf(fields: Fields): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
  return form;
}
