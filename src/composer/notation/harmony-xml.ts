// Writes a chord as MusicXML's harmony element: the root, the kind, the bass and the added degrees.

/**
 * The MusicXML kinds of the chords that the composer writes. The name of each property is the name
 * of a chord without its root and its bass, for example "m7" for "Am7/G". `added` lists the degrees
 * of the chord that the kind doesn't contain, each with its alteration in semitones.
 */
const kinds: Readonly<
  Record<string, { readonly kind: string; readonly added?: readonly (readonly [number, number])[] }>
> = {
  "": { kind: "major" },
  m: { kind: "minor" },
  "5": { kind: "power" },
  "6": { kind: "major-sixth" },
  "6/9": { kind: "major-sixth", added: [[9, 0]] },
  m6: { kind: "minor-sixth" },
  "7": { kind: "dominant" },
  "7b9": { kind: "dominant", added: [[9, -1]] },
  "9": { kind: "dominant-ninth" },
  "13": { kind: "dominant-13th" },
  maj7: { kind: "major-seventh" },
  maj9: { kind: "major-ninth" },
  m7: { kind: "minor-seventh" },
  m9: { kind: "minor-ninth" },
  m7b5: { kind: "half-diminished" },
  dim: { kind: "diminished" },
  dim7: { kind: "diminished-seventh" },
  aug: { kind: "augmented" },
  sus2: { kind: "suspended-second" },
  sus4: { kind: "suspended-fourth" },
  "7sus4": { kind: "suspended-fourth", added: [[7, -1]] },
  add9: { kind: "major", added: [[9, 0]] },
};

/**
 * Returns the harmony element of a chord, for example of "Am7/G". A chord that is missing from
 * `kinds` gets the kind "other". The text of the kind is the chord's name without the root and the
 * bass, also for the kind "other".
 */
export const harmonyXml = (name: string): string => {
  const [, letter = "C", sign = "", rest = ""] = /^([A-G])([#b]*)(.*)$/.exec(name) ?? [];
  const [, suffix = rest, bass] = /^(.*)\/([A-G][#b]*)$/.exec(rest) ?? [];
  const known = kinds[suffix];
  const [, bassLetter = "", bassSign = ""] = /^([A-G])([#b]*)$/.exec(bass ?? "") ?? [];
  return [
    "<harmony>",
    `<root><root-step>${letter}</root-step>${alterXml("root-alter", sign)}</root>`,
    `<kind text="${suffix}">${known?.kind ?? "other"}</kind>`,
    bassLetter === ""
      ? ""
      : `<bass><bass-step>${bassLetter}</bass-step>${alterXml("bass-alter", bassSign)}</bass>`,
    ...(known?.added ?? []).map(
      ([degree, alter]) =>
        `<degree><degree-value>${degree}</degree-value><degree-alter>${alter}</degree-alter><degree-type>add</degree-type></degree>`,
    ),
    "</harmony>",
  ].join("");
};

const alterXml = (element: string, sign: string): string =>
  sign === "" ? "" : `<${element}>${sign.startsWith("b") ? -sign.length : sign.length}</${element}>`;
