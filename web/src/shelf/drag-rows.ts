// Drags rows with the mouse: one piece, or all selected pieces. With touch or the keyboard, people
// use the menus instead.
import { createSignal } from "solid-js";
import { plural } from "../i18n/translate.ts";

const [dragged, setDragged] = createSignal<readonly string[]>();

/** The ids of the pieces that are being dragged; undefined if no piece is being dragged. */
export { dragged };

/**
 * Returns whether rows can be dragged. On a touch screen, rows can't be dragged, because a finger that rests on a
 * row would start to drag the row.
 */
export const canDrag = (): boolean => matchMedia("(pointer: fine)").matches;

/** Begins to drag pieces. A label beside the pointer shows the number of pieces, or `title` if there is only one. */
export function beginDrag(event: DragEvent, trackIds: readonly string[], title: string): void {
  const words = trackIds.length === 1 ? title : plural(trackIds.length, "1 piece", "{n} pieces");
  const label = document.createElement("div");
  label.className = "dragged";
  label.textContent = words;
  document.body.append(label);
  event.dataTransfer!.setDragImage(label, -12, 0);
  event.dataTransfer!.setData("text/plain", words);
  event.dataTransfer!.effectAllowed = "move";
  // If setDragged changed the page during this event, the drag would end.
  setTimeout(() => {
    label.remove();
    setDragged(trackIds);
  });
}

export const endDrag = (): void => void setTimeout(() => setDragged());
