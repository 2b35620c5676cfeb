// Chooses which rows of a long list are drawn: the rows in and near the visible part of the page. All rows must have
// the same height.
import { createMemo, createSignal, onCleanup, onMount } from "solid-js";

export interface RowWindow {
  /** The index of the first row to draw. */
  from(): number;
  /** The index after the last row to draw. */
  to(): number;
}

/** The number of extra rows above the view, and also below the view. A short scroll then shows no empty space. */
const BEYOND = 12;

/**
 * `rowHeight` is in CSS pixels. The position of the list is read after the mount, and when the page
 * is scrolled or resized. If the position changes for another reason, the rows are not updated.
 */
export function createWindow(list: () => HTMLElement, count: () => number, rowHeight: number): RowWindow {
  const [top, setTop] = createSignal(0);
  const [height, setHeight] = createSignal(globalThis.innerHeight || 800);
  const look = () => {
    setTop(-list().getBoundingClientRect().top);
    setHeight(innerHeight);
  };
  onMount(() => {
    // Reading the position here would make the browser lay out the page twice.
    const frame = requestAnimationFrame(look);
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    onCleanup(() => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    });
  });
  const from = createMemo(() => Math.max(0, Math.min(count(), Math.floor(top() / rowHeight) - BEYOND)));
  const to = createMemo(() => Math.min(count(), Math.ceil((top() + height()) / rowHeight) + BEYOND));
  return { from, to };
}
