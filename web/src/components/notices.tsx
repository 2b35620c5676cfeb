// The sentences of what went wrong, above the player, until they are dismissed; and of what was done and can be taken back.
import { For, type JSX, onCleanup, onMount, Show } from "solid-js";
import { dismiss, type Notice, notices } from "../lib/notices.ts";
import { CloseIcon } from "./icons.tsx";

interface NoticesProps {
  online: boolean;
}

/** How long something can be taken back, while nobody points at the notice. */
const UNDO_MS = 12_000;

export function Notices(props: NoticesProps) {
  return (
    <div class="notices">
      <div role="status">
        <Show when={!props.online}>
          <p class="notice">
            <span>You are offline. What is here plays on, the rest follows later.</span>
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
