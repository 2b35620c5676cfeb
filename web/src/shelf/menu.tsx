// Shows a small button that opens a menu of actions. The menu is a popover of the browser with buttons and links.
import { createSignal, createUniqueId, type JSX, Show } from "solid-js";
import { MoreIcon } from "../shell/icons.tsx";

interface MenuProps {
  label: string;
  children: JSX.Element;
}

export function Menu(props: MenuProps) {
  const id = createUniqueId();
  const [isOpen, setOpen] = createSignal(false);
  let list!: HTMLDivElement;
  /** The arrow keys up and down move the focus through the menu. The last item is followed by the first item. */
  const onKeyDown = (event: KeyboardEvent) => {
    // In a `<select>`, the arrow keys choose an option.
    if (event.target instanceof HTMLSelectElement) return;
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    const items = [...list.querySelectorAll<HTMLElement>("button, :any-link, select")];
    const at = items.indexOf(document.activeElement as HTMLElement) + by;
    items.at(at >= items.length ? 0 : Math.max(at, -1))?.focus();
  };
  const listen = (inner: HTMLDivElement) => {
    inner.addEventListener("keydown", onKeyDown);
    // Close the menu before the chosen action moves the focus.
    inner.addEventListener(
      "click",
      (event) => (event.target as Element).closest("button, :any-link") && list.hidePopover(),
      { capture: true },
    );
  };

  return (
    <div class="more">
      <button
        class="plain more-button"
        type="button"
        aria-label={props.label}
        popovertarget={id}
        onKeyDown={(event) => isOpen() && onKeyDown(event)}
      >
        <MoreIcon />
      </button>
      <div
        ref={list}
        id={id}
        class="menu"
        popover="auto"
        onBeforeToggle={(event) => event.newState === "open" && setOpen(true)}
        onToggle={(event) => setOpen(event.newState === "open")}
      >
        <Show when={isOpen()}>
          <div ref={listen}>{props.children}</div>
        </Show>
      </div>
    </div>
  );
}
