// Declares the part of tonal that the composer uses: version 6.5.0 declares a file of types that it doesn't
// ship.

declare module "tonal" {
  export const Chord: { get(name: string): { readonly notes: readonly string[]; readonly empty: boolean } };
  export const Scale: { get(name: string): { readonly notes: readonly string[] } };
  export const Note: {
    /** 0 for C to 11 for B, whatever the spelling. */
    chroma(note: string): number | undefined;
  };
  export const Progression: { fromRomanNumerals(tonic: string, numerals: string[]): string[] };
}
