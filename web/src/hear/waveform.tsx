// Shows the waveform of a piece in the player bar. The part that is not generated yet is drawn as a flat, faint line.
// A person can seek in the piece with a pointer or the keyboard.
import { createSignal } from "solid-js";
import { spokenClockOf } from "../i18n/clock.ts";
import { isOpenEnded, type Making, sectionAt } from "../making/making.ts";
import type { Peaks } from "./peaks.ts";
import { createCanvas } from "./create-canvas.ts";
import { t } from "../i18n/translate.ts";

interface WaveformProps {
  peaks: Peaks | undefined;
  /** Changes when the waveform grows. The canvas is drawn again then, because the drawing reads this value. */
  grown: number;
  /** The generation with the sections of the piece; undefined if the sections are not known. */
  making: Making | undefined;
  /** The position of the playback. */
  seconds: number;
  duration: number;
  onSeek(seconds: number): void;
}

export function Waveform(props: WaveformProps) {
  let canvas!: HTMLCanvasElement;
  const [dragged, setDragged] = createSignal<number>();
  const at = () => dragged() ?? props.seconds;

  createCanvas(
    () => canvas,
    ({ ctx, width, height, ink, accent }) => {
      void props.grown;
      const count = Math.max(1, Math.floor(width / 4));
      const bars = props.peaks?.bars(count, props.duration);
      const played = props.duration ? at() / props.duration : 0;
      for (let i = 0; i < count; i++) {
        const level = bars?.[i] ?? -1;
        const isPlayed = i / count < played;
        const tall = level < 0 ? 1.5 : Math.max(2, level * (height - 4));
        ctx.globalAlpha = isPlayed ? 1 : level < 0 ? 0.22 : 0.45;
        ctx.fillStyle = isPlayed ? accent : ink;
        ctx.fillRect((i / count) * width, (height - tall) / 2, 2, tall);
      }
      // For each section except the first one, a line across the waveform shows where the section begins.
      ctx.globalAlpha = 0.8;
      ctx.fillStyle = ink;
      for (const { fromMs } of props.making?.sections.slice(1) ?? [])
        ctx.fillRect((fromMs / 1000 / props.duration) * width - 2, 0, 1, height);
    },
  );

  const timeAt = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * props.duration;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowRight: props.seconds + 5,
      ArrowUp: props.seconds + 5,
      ArrowLeft: props.seconds - 5,
      ArrowDown: props.seconds - 5,
      PageUp: props.seconds + 30,
      PageDown: props.seconds - 30,
      Home: 0,
      End: props.duration,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    props.onSeek(to);
  };

  return (
    <canvas
      ref={canvas}
      class="waveform"
      role="slider"
      tabindex="0"
      aria-label={t("Position")}
      aria-valuemin="0"
      aria-valuemax={Math.round(props.duration)}
      aria-valuenow={Math.round(at())}
      aria-valuetext={[
        isOpenEnded(props.making)
          ? spokenClockOf(at())
          : t("{position} of {length}", {
              position: spokenClockOf(at()),
              length: spokenClockOf(props.duration),
            }),
        t((props.making && sectionAt(props.making, at())) ?? ""),
      ]
        .filter(Boolean)
        .join(t(", "))}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        canvas.setPointerCapture(event.pointerId);
        setDragged(timeAt(event));
      }}
      onPointerMove={(event) => dragged() !== undefined && setDragged(timeAt(event))}
      onPointerUp={(event) => {
        if (dragged() === undefined) return;
        setDragged(undefined);
        props.onSeek(timeAt(event));
      }}
      onPointerCancel={() => setDragged(undefined)}
    />
  );
}
