// Creates the keyboard shortcuts for the whole page. The shortcuts are inactive in these cases: a dialog is open; the
// focus is in a popover, in a field or on a slider; Ctrl, Meta or Alt is pressed. While a button or a link has the
// focus, the space bar is no shortcut.
import { onCleanup } from "solid-js";

export type Shortcuts = Readonly<Record<string, () => void>>;

const OWN_KEYS = "input, textarea, select, dialog[open], [role=slider], [contenteditable], [popover]";
const PRESSED_BY_SPACE = "button, a, summary";

/**
 * `shortcuts` maps a key, which is a value of `KeyboardEvent.key` in lower case, to its function.
 * The shortcuts end when the calling component is removed.
 */
export function createShortcuts(shortcuts: Shortcuts): void {
  const run = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : undefined;
    if (target?.closest(OWN_KEYS) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && target?.closest(PRESSED_BY_SPACE)) return;
    const act = shortcuts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  };
  addEventListener("keydown", run);
  onCleanup(() => removeEventListener("keydown", run));
}
