// Draws the cover of a piece as SVG. The lines around a circle show the loudness from the beginning
// of the piece to its end.

const bars = 100;
const size = 600;
const paper = "#e6ece8";
const ink = "#12211e";
const accent = "#c2370f";

export interface CoverColours {
  readonly paper: string;
  readonly ink: string;
  readonly accent: string;
}

/**
 * Returns the cover. `peaks` is base64 of bytes from 0 (silent) to 127 (loud). If `peaks` is null
 * or empty, all lines are equally short. `width` and `height` are in pixels. `colours` are not
 * escaped, so the caller has to check them.
 */
export function coverSvg(
  peaks: string | null,
  { width = size, height = size, colours = { paper, ink, accent } as CoverColours | undefined } = {},
): string {
  const { paper: ground, ink: first, accent: second } = colours ?? { paper, ink, accent };
  const loud = peaks === null ? new Uint8Array() : Buffer.from(peaks, "base64");
  const radius = Math.min(width, height) * 0.36;
  const lines: { [colour: string]: string } = { [first]: "", [second]: "" };
  for (let i = 0; i < bars; i++) {
    const level = loud.length === 0 ? 0.1 : (loud[Math.floor((i / bars) * loud.length)] ?? 0) / 127;
    const reach = 1.5 + level * radius * 0.3;
    const angle = (i / bars) * Math.PI * 2 - Math.PI / 2;
    const point = (far: number) =>
      `${(width / 2 + Math.cos(angle) * far).toFixed(1)} ${(height / 2 + Math.sin(angle) * far).toFixed(1)}`;
    const colour = Math.floor((i / bars) * 5) % 2 ? first : second;
    lines[colour] += `M${point(radius - reach)}L${point(radius + reach)}`;
  }
  const paths = Object.entries(lines)
    .map(([colour, path]) => `<path d="${path}" stroke="${colour}"/>`)
    .join("");
  const stroke = (radius / 42).toFixed(1);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${ground}"/><g stroke-width="${stroke}" stroke-linecap="round">${paths}</g></svg>`;
}
