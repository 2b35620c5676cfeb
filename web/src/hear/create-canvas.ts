// Draws on a canvas that has the size of its box. When the canvas is mounted, it gets the resolution of the screen, but
// at most RATIO_MAX. The canvas is redrawn when its size, its colours or the signals that `draw` reads change.
import { createEffect, createSignal, onCleanup, onMount } from "solid-js";

export interface Pen {
  readonly ctx: CanvasRenderingContext2D;
  /** The size of the canvas in CSS pixels, which are also the unit of `ctx`. */
  readonly width: number;
  readonly height: number;
  /** The element's `color`. */
  readonly ink: string;
  /** The element's `text-decoration-color`: the accent colour. */
  readonly accent: string;
}

/** The maximum number of pixels of the canvas per CSS pixel. */
const RATIO_MAX = 2.5;

/** `draw` is tracked: when a signal that `draw` reads changes, the canvas is redrawn. */
export function createCanvas(canvas: () => HTMLCanvasElement, draw: (pen: Pen) => void): void {
  const [size, setSize] = createSignal({ width: 0, height: 0 });
  const [colours, setColours] = createSignal({ ink: "", accent: "" });

  onMount(() => {
    const element = canvas();
    const ctx = element.getContext("2d");
    if (!ctx) return;
    const ratio = Math.min(devicePixelRatio || 1, RATIO_MAX);
    const readColours = () => {
      const style = getComputedStyle(element);
      setColours({ ink: style.color, accent: style.textDecorationColor });
    };
    const resized = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      // The colours are first read here, because the browser has now calculated all styles. An earlier read would
      // force this calculation.
      if (!colours().ink) readColours();
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
      setSize({ width, height });
    });
    resized.observe(element);
    const themed = new MutationObserver(readColours);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", readColours);
    createEffect(() => {
      const { width, height } = size();
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.clearRect(0, 0, width, height);
      if (width) draw({ ctx, width, height, ...colours() });
    });
    onCleanup(() => {
      resized.disconnect();
      themed.disconnect();
      scheme.removeEventListener("change", readColours);
    });
  });
}
