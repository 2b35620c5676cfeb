// What a score is made of: notes and the moves of a fader, in beats within their bar.

import type { Part } from "../styles/style.ts";

export interface Note {
  readonly part: Part;
  /** From the bar's beginning, 0 or later. */
  readonly beat: number;
  /** As MIDI counts: 60 is middle C; a drum's number for the drums. */
  readonly pitch: number;
  /** 1 to 127. */
  readonly velocity: number;
  readonly beats: number;
}

/** Expression, 0 to 127: the fader that swells and ducks. */
export interface FaderMove {
  readonly part: Part;
  readonly beat: number;
  readonly level: number;
}
