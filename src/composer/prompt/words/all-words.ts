// Lists the words that the composer understands in prompts, by language. A prompt can mix languages. If a phrase means
// two different things of the same kind in two languages (such as two instruments), it has the meaning of the language
// that comes first in `allWords`.

import { ar } from "./ar.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { hi } from "./hi.ts";
import { it } from "./it.ts";
import { ja } from "./ja.ts";
import { ko } from "./ko.ts";
import { pt } from "./pt.ts";
import { ru } from "./ru.ts";
import type { Words } from "./words.ts";
import { zh } from "./zh.ts";

export const allWords: readonly Words[] = [en, de, es, fr, it, pt, ja, zh, ko, hi, ru, ar];
