// Shows a small cover of a piece.
import { createCanvas } from "../hear/create-canvas.ts";
import { drawCover } from "../hear/draw-cover.ts";

export function Cover(props: { peaks: string | null }) {
  let canvas!: HTMLCanvasElement;
  createCanvas(
    () => canvas,
    (pen) => drawCover(pen, props.peaks),
  );
  return (
    <span class="cover" aria-hidden="true">
      <canvas ref={canvas} />
    </span>
  );
}
