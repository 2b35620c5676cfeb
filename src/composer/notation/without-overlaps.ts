// Shortens notes so that two notes of the same pitch never sound at the same time. A MIDI channel can't play two such
// notes at once.

export interface TimedNote {
  /** The number of ticks from the beginning of the piece. `end` is in the same unit. */
  readonly start: number;
  readonly end: number;
  readonly pitch: number;
  readonly velocity: number;
}

/**
 * Returns the notes in the order of their start. A note ends at the latest when the next note of its pitch begins. If
 * two notes of a pitch begin together, one remains, with the greater velocity and the greater length of the two. All
 * notes must be of the same channel.
 */
export const withoutOverlaps = (notes: readonly TimedNote[]): readonly TimedNote[] => {
  const separate: TimedNote[] = [];
  const lastOf = new Map<number, number>();
  for (const note of notes.toSorted((one, other) => one.start - other.start)) {
    const at = lastOf.get(note.pitch);
    const last = at === undefined ? undefined : separate[at];
    if (at !== undefined && last?.start === note.start) {
      const end = Math.max(last.end, note.end);
      separate[at] = { ...note, end, velocity: Math.max(last.velocity, note.velocity) };
      continue;
    }
    if (at !== undefined && last !== undefined && last.end > note.start)
      separate[at] = { ...last, end: note.start };
    lastOf.set(note.pitch, separate.push(note) - 1);
  }
  return separate;
};
