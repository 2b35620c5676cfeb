// Composes a piece from its spec and returns the notes as the bytes of a MIDI, ABC or MusicXML file. No sound is
// generated. For a piece of ten minutes, this takes about a second, so this code runs in a worker thread.

import { composePiece } from "../score/piece.ts";
import type { MusicSpec } from "../spec.ts";
import type { Heading } from "./heading.ts";
import { pieceAbc } from "./piece-abc.ts";
import { pieceMidi } from "./piece-midi.ts";
import { pieceMusicXml } from "./piece-musicxml.ts";

export type NotationFormat = "midi" | "abc" | "musicxml";

export const pieceFile = (spec: MusicSpec, format: NotationFormat, heading: Heading): Uint8Array => {
  const piece = composePiece(spec);
  switch (format) {
    case "midi":
      return pieceMidi(piece, heading);
    case "abc":
      return new TextEncoder().encode(pieceAbc(piece, heading));
    case "musicxml":
      return new TextEncoder().encode(pieceMusicXml(piece, heading));
  }
};
