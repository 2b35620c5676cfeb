// Adds the options of a request to the wishes of its prompt. An option takes precedence over a contradicting word.
import { styles } from "../styles/all-styles.ts";
import { type StyleName, styleNames } from "../styles/style.ts";
import type { NumberWish } from "./numbers/number-rule.ts";
import { type Reading, readPrompt, type Wish } from "./reading.ts";

export interface PromptOptions {
  /** The tempo in beats per minute. */
  readonly tempo?: number | undefined;
  /** The key, such as "F# minor". A key that can't be read has no effect. */
  readonly key?: string | undefined;
  /** The name of a style, or words as in a prompt. */
  readonly style?: string | undefined;
  readonly lyrics?: string | undefined;
  readonly instrumental?: boolean | undefined;
  /** Whether the piece has no planned end. `readOptions` ignores this option. */
  readonly endless?: boolean | undefined;
}

export interface ReadOptions {
  /**
   * The wishes of the options and of the prompt. The wishes of the options come first: if two wishes contradict each
   * other, the composer fulfils the first one.
   */
  readonly reading: Reading;
  /**
   * If the option `style` names a style, these wishes of the prompt have no effect: the wishes for another style, and
   * the wishes that exclude a style ("no jazz"). `reading` does not contain them.
   */
  readonly overruled: readonly Wish[];
  /**
   * Phrases that tell people which options are fulfilled. Only options that add no wish to `reading` are listed. There
   * is one such option, `instrumental`. It is always fulfilled, because the composer never sings.
   */
  readonly fulfilled: readonly string[];
  /** Phrases that tell people which options can't be fulfilled. `lyrics` is the only such option. */
  readonly unfulfilled: readonly string[];
}

/**
 * The position of the first wish of an option. Some rules connect wishes at neighbouring positions of the prompt. This
 * position is far before all words of the prompt, so a wish of an option is never connected with a word.
 */
const optionsAt = -10_000;

export function readOptions(prompt: Reading, options: PromptOptions = {}): ReadOptions {
  const style = readStyle(options.style);
  const chosen = style.wishes.filter(isGenre);
  const overruled =
    chosen.length === 0
      ? []
      : prompt.wishes.filter((wish) => isAnyGenre(wish) && (wish.isNegated || !isAmong(chosen, wish)));
  return {
    reading: {
      ...prompt,
      wishes: [
        ...readTempo(options.tempo),
        ...readKey(options.key),
        ...style.wishes,
        ...prompt.wishes.filter((wish) => !overruled.includes(wish)),
      ],
      unknown: [...style.unknown, ...prompt.unknown],
      isExclusive: prompt.isExclusive || style.isExclusive,
    },
    overruled,
    fulfilled: options.instrumental === true ? ["without singing"] : [],
    unfulfilled: options.lyrics === undefined ? [] : ["lyrics, because the built-in composer does not sing"],
  };
}

const place = { at: optionsAt, count: 0, isNegated: false, isSoft: false };

const readTempo = (bpm: number | undefined): readonly Wish[] =>
  bpm === undefined ? [] : [{ ...place, kind: "bpm", bpm, typed: `${bpm} bpm` }];

function readKey(key: string | undefined): readonly Wish[] {
  if (key === undefined) return [];
  // In a key, CM is C major, and Cm is C minor. `readPrompt` ignores the case of letters, so M is replaced by "maj".
  const spelled = key.replace(/^(\s*[A-G][#♯b♭]?)\s*M(?=\d*\s*$)/u, "$1maj");
  const found = readPrompt(`in the key of ${spelled}`).wishes.find(
    (wish): wish is Wish & Extract<NumberWish, { kind: "key" }> => wish.kind === "key",
  );
  return found === undefined ? [] : [{ ...found, ...place, typed: key }];
}

function readStyle(style: string | undefined): Pick<Reading, "wishes" | "unknown" | "isExclusive"> {
  if (style === undefined) return { wishes: [], unknown: [], isExclusive: false };
  const id = findStyle(style);
  if (id !== undefined) {
    const named: Wish = { ...place, kind: "styles", id, phrase: id, typed: style };
    return { wishes: [named], unknown: [], isExclusive: false };
  }
  const reading = readPrompt(style);
  return { ...reading, wishes: reading.wishes.map((wish) => ({ ...wish, at: wish.at + optionsAt })) };
}

function findStyle(style: string): StyleName | undefined {
  const wanted = style.trim().toLowerCase();
  return styleNames.find((name) => name === wanted || styles[name].label.toLowerCase() === wanted);
}

const isAnyGenre = (wish: Wish): boolean => wish.kind === "styles" || wish.kind === "nearStyles";
const isGenre = (wish: Wish): boolean => isAnyGenre(wish) && !wish.isNegated;

const idOf = (wish: Wish): string | undefined => ("id" in wish ? wish.id : undefined);
const isAmong = (wishes: readonly Wish[], wish: Wish): boolean =>
  wishes.some((one) => idOf(one) === idOf(wish));
