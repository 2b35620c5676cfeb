// Calculates the cover of a piece: lines around a circle, in two colours. The lines show the
// loudness of the piece. Until the piece is complete, all lines have the same length.
import { wholePeaks } from "./peaks.ts";

/** The width and the height of the cover, in the unit of its paths. */
export const COVER_SIZE = 48;

const BARS = 44;
const TURN = Math.PI * 2;
const MIDDLE = COVER_SIZE / 2;

export interface CoverPaths {
  /** SVG path data of the lines in the accent colour. */
  readonly accent: string;
  /** SVG path data of the lines in the colour of the text. */
  readonly ink: string;
  /** The opacity of the lines, which is lower while the piece is being made. */
  readonly opacity: number;
}

/** `peaks`: base64 of the loudness over the whole piece; null until the piece is complete. */
export function coverPaths(peaks: string | null): CoverPaths {
  const bars = peaks ? wholePeaks(peaks).bars(BARS, 1) : undefined;
  const paths = ["", ""];
  for (let i = 0; i < BARS; i++) {
    const angle = (i / BARS) * TURN - TURN / 4;
    const reach = (bars?.[i] ?? 0.08) * COVER_SIZE * 0.13 + 0.6;
    const point = (far: number) =>
      `${(MIDDLE + Math.cos(angle) * far).toFixed(2)} ${(MIDDLE + Math.sin(angle) * far).toFixed(2)}`;
    paths[Math.floor((i / BARS) * 5) % 2] +=
      `M${point(MIDDLE * 0.72 - reach)}L${point(MIDDLE * 0.72 + reach)}`;
  }
  return { accent: paths[0]!, ink: paths[1]!, opacity: bars ? 0.9 : 0.4 };
}
