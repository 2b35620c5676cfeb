// Prompts to start from, for the chips and the dice.

const ideas = [
  "Slow piano in the rain",
  "Lo-fi for a late train",
  "Waltz, empty ballroom",
  "Jazz trio after midnight",
  "Deep house at sunrise",
  "Bright folk guitar",
  "8-bit castle chase",
  "Drift over a frozen lake",
  "Strings, the door opens",
  "Dusty vinyl hip-hop",
  "Marimba in the morning",
  "Hymn for small machines",
  "A tango, nearly midnight",
  "Pads like northern lights",
  "Chiptune in A major",
  "Cello, far from the sea",
  "Fast drums, one bass note",
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

/** One idea that isn't `current`. */
export function anotherIdea(current: string): string {
  return someIdeas(2).find((idea) => idea !== current)!;
}
