// Calculates the bars of the ring that the page shows while there is no piece: the form of a rondo, A B A C A. The bars
// of the refrain A are the same each time.

const parts = ["A", "B", "A", "C", "A"] as const;
const GAP = 0.035;

export interface FormBar {
  /** The height of the bar, from 0 to 1. */
  level: number;
  refrain: boolean;
}

/**
 * Returns the bar at a position on the circle, from 0 to 1. In a gap between two parts, returns
 * undefined.
 */
export function formBar(turn: number): FormBar | undefined {
  const place = turn * parts.length;
  const part = parts[Math.floor(place)] ?? "A";
  const within = place - Math.floor(place);
  if (within < GAP || within > 1 - GAP) return undefined;
  return { level: shapes[part](within), refrain: part === "A" };
}

const swell = (x: number) => Math.sin(Math.PI * x) ** 0.7;
const shapes: Record<(typeof parts)[number], (x: number) => number> = {
  A: (x) => swell(x) * (0.5 + 0.32 * Math.sin(x * 31) * Math.sin(x * 12.6) + 0.16 * Math.cos(x * 57)),
  B: (x) => swell(x) * (0.26 + 0.2 * Math.abs(Math.sin(x * 19)) + 0.06 * Math.sin(x * 83)),
  C: (x) => (0.12 + 0.5 * x * x) * (0.72 + 0.28 * Math.sin(x * 47)) * swell(x) ** 0.4,
};
