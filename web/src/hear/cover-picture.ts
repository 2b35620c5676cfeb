// Draws the cover as a picture, for lock screens.
import { drawCover } from "./draw-cover.ts";

/** A data URL; undefined if the browser can't draw. */
export function coverPicture(peaks: string, size = 512): string | undefined {
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const ctx = canvas.getContext("2d");
  if (!ctx) return undefined;
  ctx.fillStyle = "#e6ece8";
  ctx.fillRect(0, 0, size, size);
  drawCover({ ctx, width: size, ink: "#12211e", accent: "#c2370f" }, peaks);
  return canvas.toDataURL("image/png");
}
