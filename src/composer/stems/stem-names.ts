// Lists the stems of a piece: the parts that play, and the textures.

import { instruments } from "../instruments.ts";
import { partNames } from "../notation/part-names.ts";
import type { MusicSpec } from "../spec.ts";
import { type Part, parts } from "../styles/style.ts";

export interface StemName {
  readonly stem: Part | "textures";
  /** The name for people, such as "Bass (double bass)". It is unique in the piece. */
  readonly name: string;
}

export const stemNamesOf = (spec: MusicSpec): readonly StemName[] => {
  const playing = parts.filter((part) => spec.parts[part] !== null);
  const textures = Object.entries(spec.textures).flatMap(([name, level]) => (level > 0 ? [name] : []));
  return [
    ...playing.map((part) => ({ stem: part, name: `${partNames[part]} (${playerOf(spec, part)})` })),
    ...(textures.length > 0
      ? [{ stem: "textures", name: `Textures (${textures.join(", ")})` } as const]
      : []),
  ];
};

const playerOf = (spec: MusicSpec, part: Part): string =>
  part === "drums" ? `${spec.parts.drums ?? "room"} kit` : instruments[spec.parts[part] ?? "piano"].label;
