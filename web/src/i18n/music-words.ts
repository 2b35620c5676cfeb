// Defines the type of the musical words and phrases of one language.

export interface MusicWords {
  /**
   * The names of styles, moods, instruments and so on, by their English names. If a name has two forms, the second form
   * is used after a preposition such as "mit".
   */
  readonly names: { readonly [english: string]: string | readonly [string, string] };
  /**
   * Phrases by their English form. The first phrase that fits is used. `{x}` and `{y}` are names, keys or phrases,
   * which are translated, too; `{x:1}` inserts the second form of `{x}`. `{n}` is a number, `{meter}` is a meter such
   * as 3/4, and `{place}` is a place such as "in the verse". The other placeholders stand for words of the user, which
   * are not translated.
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
