// Defines the words of music of one language.

export interface MusicWords {
  /** A name by its English name. The second form, if there is one, follows a preposition such as "mit". */
  readonly names: { readonly [english: string]: string | readonly [string, string] };
  /**
   * Phrases by their English form. The first one that fits is used. `{x}` and `{y}` are translated, too; `{x:1}` is the
   * second form. `{n}` is a number, `{meter}` is a meter such as 3/4, and `{place}` is a place such as "in the verse".
   * The other values are the words of a user.
   */
  readonly phrases: { readonly [english: string]: string };
  /** The notes by their English letter, with # or b. */
  readonly notes: { readonly [english: string]: string };
  /** The modes: `{note}` is the note, and `{low}` is the note in lower case. */
  readonly modes: { readonly [english: string]: string };
}
