// Draws the ring as a cover: a circle that shows the loudness of the whole piece.
import { wholePeaks } from "../lib/peaks.ts";
import type { Pen } from "./create-canvas.ts";

const BARS = 44;
const TURN = Math.PI * 2;

/** `peaks`: base64 of the loudness over the whole piece; null until it is made. */
export function drawCover({ ctx, width, ink, accent }: Omit<Pen, "height">, peaks: string | null): void {
  const bars = peaks ? wholePeaks(peaks).bars(BARS, 1) : undefined;
  const middle = width / 2;
  ctx.lineWidth = Math.max(1, width / 32);
  ctx.lineCap = "round";
  for (let i = 0; i < BARS; i++) {
    const angle = (i / BARS) * TURN - TURN / 4;
    const reach = (bars?.[i] ?? 0.08) * width * 0.13 + 0.6;
    const from = middle * 0.72 - reach;
    const to = middle * 0.72 + reach;
    ctx.strokeStyle = Math.floor((i / BARS) * 5) % 2 ? ink : accent;
    ctx.globalAlpha = bars ? 0.9 : 0.4;
    ctx.beginPath();
    ctx.moveTo(middle + Math.cos(angle) * from, middle + Math.sin(angle) * from);
    ctx.lineTo(middle + Math.cos(angle) * to, middle + Math.sin(angle) * to);
    ctx.stroke();
  }
}
