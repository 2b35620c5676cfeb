// Shows the dialog with the keyboard shortcuts.
import { For } from "solid-js";
import { openModal } from "./modal.ts";
import { t } from "../i18n/translate.ts";

const keys = [
  ["Enter", "compose and play"],
  ["Esc", "leave the prompt"],
  ["Space or K", "play, pause"],
  ["← →", "5 seconds back, forward"],
  ["J L", "previous, next piece"],
  ["R", "at the end: stop, next, repeat, keep going"],
  ["S", "like"],
  ["↑ ↓", "louder, quieter"],
  ["M", "mute"],
  ["V", "the next version, at the same place"],
  ["Z", "undo delete"],
  ["/", "write a new prompt"],
  ["?", "show shortcuts"],
] as const;

export default function HelpDialog(props: { onClose(): void }) {
  return (
    <dialog ref={openModal} class="help" aria-labelledby="keys" onClose={() => props.onClose()}>
      {/* Without autofocus on the heading, the Close button gets the focus, and a low screen scrolls to it. */}
      <h2 id="keys" tabindex="-1" autofocus>
        {t("Keyboard shortcuts")}
      </h2>
      <dl>
        <For each={keys}>
          {([key, does]) => (
            <div>
              <dt>{/\w{2}/.test(key) ? t(key) : key}</dt>
              <dd>{t(does)}</dd>
            </div>
          )}
        </For>
      </dl>
      <form method="dialog">
        <button class="link quiet" type="submit">
          {t("Close")}
        </button>
      </form>
    </dialog>
  );
}
