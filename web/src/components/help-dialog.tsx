// The dialog with the keyboard shortcuts.
import { For } from "solid-js";

interface HelpDialogProps {
  ref(element: HTMLDialogElement): void;
}

const keys = [
  ["Enter", "make it and play"],
  ["Space or K", "play, pause"],
  ["← →", "5 seconds back, forward"],
  ["J L", "previous, next piece"],
  ["↑ ↓", "louder, quieter"],
  ["M", "mute"],
  ["V", "the next version, at the same place"],
  ["Z", "undo a deletion"],
  ["/", "write a new prompt"],
  ["?", "this list"],
] as const;

export function HelpDialog(props: HelpDialogProps) {
  /** A click beside the dialog closes it, if the browser supports that. */
  const keep = (element: HTMLDialogElement) => {
    element.setAttribute("closedby", "any");
    props.ref(element);
  };
  return (
    <dialog ref={keep} class="help" aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <dl>
        <For each={keys}>
          {([key, does]) => (
            <div>
              <dt>{key}</dt>
              <dd>{does}</dd>
            </div>
          )}
        </For>
      </dl>
      <form method="dialog">
        <button class="link" type="submit">
          Close
        </button>
      </form>
    </dialog>
  );
}
