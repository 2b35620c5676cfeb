// Lists the phrases that tell the user which changes an instruction made to a piece. The page
// can translate no other phrases.

/**
 * `say` replaces each word in braces: `{n}` by a number, `{typed}` and `{title}` by words of the user, and any other
 * word by a name or by another phrase. For example, "{player} louder" becomes "drums louder".
 */
export const changePhrases = [
  "the same tempo",
  "tempo {n} bpm",
  "already at {n} bpm",
  "faster {place}",
  "slower {place}",
  "{change}, the fastest",
  "{change}, the slowest",
  "in {meter}",
  "already in {meter}",
  "{n} seconds long",
  "already {n} seconds long",
  "{change}, the longest",
  "{change}, the shortest",
  "as {style}",
  "already {style}",
  "in {key}",
  "already in {key}",
  "can't be moved more than two octaves from its key",
  "an octave higher",
  "an octave lower",
  "two octaves higher",
  "two octaves lower",
  "{n} semitones up {place}",
  "{n} semitones down {place}",
  "{mode} {place}",
  "with {player}",
  "already with {player}",
  "without {player}",
  "already without {player}",
  "with {player}, the nearest to “{typed}”",
  "with {kit}",
  "already {kit}",
  "{player} instead of {other}",
  "{player} louder",
  "{player} quieter",
  "only {player}",
  "{player} and {other}",
  "{player} {place}",
  "{change} {place}",
  "{player} from {n} seconds on",
  "with a last chord",
  "{ending}",
  "already {ending}",
  "a key change before the end",
  "builds to a climax",
  "without an intro",
  "a longer intro",
  "a shorter intro",
  "another melody",
  "a solo",
  "a solo on the {player}",
  "without a solo",
  "already without a solo",
  "begins with {player} alone",
  "{level}",
  "already as far as it goes: {level}",
  "more energetic {place}",
  "calmer {place}",
  "{feel}",
  "already {feel}",
  "without {feel}",
  "already without {feel}",
  "with {texture}",
  "already with {texture}",
  "without {texture}",
  "already without {texture}",
  "less {texture}",
  "called “{title}”",
  "another take",
] as const;

export type ChangePhrase = (typeof changePhrases)[number];

declare const isSaid: unique symbol;

/** A phrase whose words in braces were replaced by `say`. Only `say` makes this type. */
export type Said = string & { readonly [isSaid]: true };

type Names<Phrase extends string> = Phrase extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

/** Replaces each word in braces with its value. Example: `say("tempo {n} bpm", { n: 96 })`. */
export const say = <Phrase extends ChangePhrase>(
  phrase: Phrase,
  ...[values]: [Names<Phrase>] extends [never] ? [] : [Readonly<Record<Names<Phrase>, string | number>>]
): Said => phrase.replace(/\{(\w+)\}/g, (_, name: string) => String(values?.[name as Names<Phrase>])) as Said;

/** The names of the drum kits in these phrases: the values of `{kit}`. */
export const kitNames = {
  electronic: "a drum machine",
  brushes: "brushes",
  standard: "acoustic drums",
} as const;

export const endings = {
  fade: "fades out",
  loop: "loops without a seam",
  stop: "stops at once",
  ring: "a last chord that rings",
} as const;

/** The changes of brightness, energy and swing: the values of `{level}`. */
export const levelNames = [
  "darker",
  "brighter",
  "calmer",
  "more energetic",
  "more swing",
  "less swing",
  "no swing",
] as const;
