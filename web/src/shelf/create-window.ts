// Which rows of a long list are drawn: those near the part of the page that is in view. All rows have one height.
import { createMemo, createSignal, onCleanup, onMount } from "solid-js";

export interface RowWindow {
  /** The first row to draw, and the one after the last. */
  from(): number;
  to(): number;
}

/** Rows beyond the view, so that a quick scroll finds them drawn. */
const BEYOND = 12;

export function createWindow(list: () => HTMLElement, count: () => number, rowHeight: number): RowWindow {
  const [top, setTop] = createSignal(0);
  const [height, setHeight] = createSignal(globalThis.innerHeight || 800);
  const look = () => {
    setTop(-list().getBoundingClientRect().top);
    setHeight(innerHeight);
  };
  onMount(() => {
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    onCleanup(() => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    });
  });
  const from = createMemo(() => Math.max(0, Math.min(count(), Math.floor(top() / rowHeight) - BEYOND)));
  const to = createMemo(() => Math.min(count(), Math.ceil((top() + height()) / rowHeight) + BEYOND));
  return { from, to };
}
