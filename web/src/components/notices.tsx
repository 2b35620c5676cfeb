// The notices above the player: errors, until they are dismissed, and actions that can be undone.
import { For, type JSX, onCleanup, onMount, Show } from "solid-js";
import { dismiss, type Notice, notices } from "../lib/notices.ts";
import { CloseIcon } from "./icons.tsx";

interface NoticesProps {
  online: boolean;
}

/** How long an action can be undone. The time stops while the pointer is on the notice. */
const UNDO_MS = 12_000;

export function Notices(props: NoticesProps) {
  return (
    <div class="notices">
      <div role="status">
        <Show when={!props.online}>
          <p class="notice">
            <span>You are offline. Loaded music keeps playing; everything else waits for the network.</span>
          </p>
        </Show>
        <For each={notices().filter((one) => one.undo)}>{(one) => <UndoNotice notice={one} />}</For>
      </div>
      <div role="alert">
        <For each={notices().filter((one) => !one.undo)}>
          {(one) => (
            <p class="notice">
              <span>
                <strong>{one.text}</strong> {one.hint}
              </span>
              <Dismiss notice={one} />
            </p>
          )}
        </For>
      </div>
    </div>
  );
}

function UndoNotice(props: { notice: Notice }) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stay = () => clearTimeout(timer);
  const go = () => {
    stay();
    timer = setTimeout(() => dismiss(props.notice.id), UNDO_MS);
  };
  onMount(go);
  onCleanup(stay);
  return (
    <p class="notice" onPointerEnter={stay} onPointerLeave={go} onFocusIn={stay} onFocusOut={go}>
      <span>{props.notice.text}</span>
      <button
        class="link"
        type="button"
        onClick={() => {
          dismiss(props.notice.id);
          props.notice.undo!();
        }}
      >
        Undo
      </button>
      <Dismiss notice={props.notice} />
    </p>
  );
}

function Dismiss(props: { notice: Notice }): JSX.Element {
  return (
    <button class="plain" type="button" aria-label="Dismiss" onClick={() => dismiss(props.notice.id)}>
      <CloseIcon />
    </button>
  );
}
