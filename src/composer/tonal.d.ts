// Declares the part of the library tonal that the composer uses. Version 6.5.0 of the library refers to
// a type declaration file that the package doesn't contain.

declare module "tonal" {
  export const Chord: { get(name: string): { readonly notes: readonly string[]; readonly empty: boolean } };
  export const Scale: { get(name: string): { readonly notes: readonly string[] } };
  export const Note: {
    /** Returns the pitch class, from 0 for C to 11 for B, whatever the spelling. */
    chroma(note: string): number | undefined;
  };
  export const Progression: { fromRomanNumerals(tonic: string, numerals: string[]): string[] };
}
