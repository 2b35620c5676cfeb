// Defines the type of the musical words and phrases of one language.

export interface MusicWords {
  /**
   * The names of styles, moods and instruments, by their English names. Some names have two forms: the usual form, and
   * the form after a preposition such as the German "mit".
   */
  readonly names: { readonly [english: string]: string | readonly [string, string] };
  /**
   * Phrases by their English form, which is a pattern. A text is translated with the first phrase whose pattern fits the
   * whole text. Placeholders:
   * - `{x}` and `{y}`: names, keys or phrases, which are translated, too. `{x:1}` inserts the second form of the name.
   * - `{n}`: a number.
   * - `{meter}`: a meter, such as 3/4.
   * - `{place}`: a place in the piece, such as "in the verse", which is translated, too.
   * - Any other placeholder stands for words of the user, which are not translated.
   */
  readonly phrases: { readonly [english: string]: string };
  /** The names of the notes, by their English names, such as F# or Bb. */
  readonly notes: { readonly [english: string]: string };
  /**
   * The names of keys by the English mode, such as "{note}-Dur" for "major". `{note}` is the note, and `{low}` is the
   * note in lower case.
   */
  readonly modes: { readonly [english: string]: string };
}
