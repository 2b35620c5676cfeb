// The ring as a small cover: the loudness of the whole piece, drawn as a circle. No two are alike.
import { createCanvas } from "../hear/create-canvas.ts";
import { wholePeaks } from "../lib/peaks.ts";

const BARS = 44;
const TURN = Math.PI * 2;

export function Cover(props: { peaks: string | null }) {
  let canvas!: HTMLCanvasElement;
  createCanvas(
    () => canvas,
    ({ ctx, width, ink, accent }) => {
      const bars = props.peaks ? wholePeaks(props.peaks).bars(BARS, 1) : undefined;
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
    },
  );
  return (
    <span class="cover" aria-hidden="true">
      <canvas ref={canvas} />
    </span>
  );
}
