// Draws the cover of a piece as a PNG image, which the lock screen of a phone shows while the piece plays.
import { COVER_SIZE, coverPaths } from "./cover-paths.ts";

/**
 * Returns the image as a data URL; undefined if the browser can't draw on a canvas. `peaks` is the base64 of the
 * loudness over the whole piece. `size` is the width and the height in pixels.
 */
export function coverPicture(peaks: string, size = 512): string | undefined {
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const ctx = canvas.getContext("2d");
  if (!ctx) return undefined;
  ctx.fillStyle = "#e6ece8";
  ctx.fillRect(0, 0, size, size);
  const { accent, ink, opacity } = coverPaths(peaks);
  ctx.scale(size / COVER_SIZE, size / COVER_SIZE);
  ctx.globalAlpha = opacity;
  ctx.lineWidth = COVER_SIZE / 32;
  ctx.lineCap = "round";
  for (const [colour, path] of [
    ["#c2370f", accent],
    ["#12211e", ink],
  ] as const) {
    ctx.strokeStyle = colour;
    ctx.stroke(new Path2D(path));
  }
  return canvas.toDataURL("image/png");
}
