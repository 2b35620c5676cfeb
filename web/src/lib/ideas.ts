// Lists example prompts, for the chips and the dice button.

const ideas = [
  "Slow piano in the rain",
  "Lo-fi for a late train",
  "Waltz, empty ballroom",
  "Jazz after midnight",
  "Deep house at sunrise",
  "Bright folk guitar",
  "8-bit castle chase",
  "Drift on a frozen lake",
  "Strings, a door opens",
  "Dusty vinyl hip-hop",
  "Marimba at breakfast",
  "Hymn for a machine",
  "Tango before midnight",
  "Northern lights pads",
  "Chiptune in A major",
  "Cello far from the sea",
  "Fast drums, one note",
  "Music box lullaby",
] as const;

/** `count` different ideas, in a new order each time. */
export function someIdeas(count: number): string[] {
  const left: string[] = [...ideas];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [idea] = left.splice(Math.floor(Math.random() * left.length), 1);
    return idea!;
  });
}

/** A random idea other than `current`. */
export function anotherIdea(current: string): string {
  return someIdeas(2).find((idea) => idea !== current)!;
}
