// Shows the piece as a ring of bars. The ring begins at the top with the start of the piece, and
// runs clockwise to the end. The length of each bar shows the loudness of one moment. The ring grows
// during generation. If the player has no piece, and no piece is being requested, the ring shows the
// form of a rondo, A B A C A, with the refrain in the accent colour.
import { createCanvas, type Pen } from "./create-canvas.ts";
import { hasReturned } from "./refrain.ts";
import { formBar } from "./rondo-form.ts";
import type { Section } from "../making/making.ts";
import type { Peaks } from "./peaks.ts";

export interface RingProps {
  peaks: Peaks | undefined;
  /** A counter that increases when the waveform grows. The drawing code reads it, so Solid draws the ring again. */
  grown: number;
  sections: readonly Section[];
  /** The position of the playhead. */
  seconds: number;
  /** The length of the piece in seconds; 0 if unknown. */
  duration: number;
  /** True if the player has a playing or paused piece, or if a piece is being requested. */
  active: boolean;
  onSeek(seconds: number): void;
}

const TURN = Math.PI * 2;
const TOP = -Math.PI / 2;

export function Ring(props: RingProps) {
  let canvas!: HTMLCanvasElement;

  createCanvas(
    () => canvas,
    (pen) => {
      void props.grown;
      const radius = Math.min(pen.width, pen.height) / 2;
      const line = radius - 6;
      const band = { inner: radius * 0.79, outer: line - Math.max(5, radius * 0.025), line, radius };
      const count = Math.round((TURN * band.inner) / 5.2);
      if (!props.active) return drawForm(pen, band, count);
      drawPiece(pen, band, count);
    },
  );

  function drawPiece(pen: Pen, band: Band, count: number) {
    const bars = props.peaks?.bars(count, props.duration);
    const played = props.duration ? props.seconds / props.duration : 0;
    for (let i = 0; i < count; i++) {
      const level = bars?.[i] ?? -1;
      const at = i / count;
      drawBar(pen, band, at, level, level >= 0 && at < played ? 1 : level >= 0 ? 0.42 : 0.16, at < played);
    }
    drawSections(pen, band);
    drawHead(pen, band, played);
  }

  function drawSections({ ctx, ink, accent }: Pen, band: Band) {
    const { sections } = props;
    const total = props.duration * 1000;
    if (!total) return;
    const madeMs = Math.min(total, (props.peaks?.seconds() ?? 0) * 1000);
    ctx.lineWidth = 1.5;
    sections.forEach((section, i) => {
      const from = TOP + (section.fromMs / total) * TURN + 0.012;
      const to = TOP + (Math.min(total, sections[i + 1]?.fromMs ?? madeMs) / total) * TURN - 0.012;
      if (to <= from) return;
      const refrain = hasReturned(sections, section.name);
      ctx.strokeStyle = refrain ? accent : ink;
      ctx.globalAlpha = refrain ? 1 : 0.45;
      ctx.beginPath();
      ctx.arc(band.radius, band.radius, band.line, from, to);
      ctx.stroke();
    });
  }

  /** Seeks on a click, not on the start of a touch, because a thumb that scrolls the page must not seek. */
  const seekTo = (event: MouseEvent) => {
    if (!props.active || !props.duration) return;
    const box = canvas.getBoundingClientRect();
    const x = event.clientX - box.left - box.width / 2;
    const y = event.clientY - box.top - box.height / 2;
    const far = Math.hypot(x, y) / (box.width / 2);
    if (far < 0.74 || far > 1.02) return;
    const turn = (Math.atan2(y, x) - TOP + TURN) % TURN;
    props.onSeek((turn / TURN) * props.duration);
  };

  return (
    <div class="ring" aria-hidden="true">
      <canvas ref={canvas} classList={{ active: props.active }} onClick={seekTo} />
    </div>
  );
}

interface Band {
  inner: number;
  outer: number;
  /** The radius at which the sections are drawn. */
  line: number;
  radius: number;
}

function drawForm(pen: Pen, band: Band, count: number) {
  for (let i = 0; i < count; i++) {
    const bar = formBar(i / count);
    if (bar) drawBar(pen, band, i / count, bar.level, bar.refrain ? 0.95 : 0.34, bar.refrain);
  }
}

function drawBar(
  { ctx, ink, accent }: Pen,
  band: Band,
  at: number,
  level: number,
  alpha: number,
  second: boolean,
) {
  const angle = TOP + at * TURN;
  const middle = (band.inner + band.outer) / 2;
  const reach = level < 0 ? 0.01 : Math.max(0.6, (level * (band.outer - band.inner)) / 2);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = second ? accent : ink;
  ctx.lineCap = "round";
  ctx.lineWidth = 2.1;
  ctx.beginPath();
  ctx.moveTo(band.radius + cos * (middle - reach), band.radius + sin * (middle - reach));
  ctx.lineTo(band.radius + cos * (middle + reach), band.radius + sin * (middle + reach));
  ctx.stroke();
}

/** Draws the playhead: a dot on the circle of the sections, with a gap in the circle on both sides of the dot. */
function drawHead({ ctx, accent }: Pen, band: Band, at: number) {
  const angle = TOP + at * TURN;
  const x = band.radius + Math.cos(angle) * band.line;
  const y = band.radius + Math.sin(angle) * band.line;
  const dot = (size: number) => {
    ctx.beginPath();
    ctx.arc(x, y, size, 0, TURN);
    ctx.fill();
  };
  ctx.globalAlpha = 1;
  ctx.globalCompositeOperation = "destination-out";
  dot(9);
  ctx.globalCompositeOperation = "source-over";
  ctx.fillStyle = accent;
  dot(5);
}
