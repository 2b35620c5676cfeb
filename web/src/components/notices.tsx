// The sentences of what went wrong, above the player, until they are dismissed.
import { For, Show } from "solid-js";
import { dismiss, notices } from "../lib/notices.ts";
import { CloseIcon } from "./icons.tsx";

interface NoticesProps {
  online: boolean;
}

export function Notices(props: NoticesProps) {
  return (
    <div class="notices">
      <div role="status">
        <Show when={!props.online}>
          <p class="notice">
            <span>You are offline. What is here plays on, the rest follows later.</span>
          </p>
        </Show>
      </div>
      <div role="alert">
        <For each={notices()}>
          {(one) => (
            <p class="notice">
              <span>
                <strong>{one.text}</strong> {one.hint}
              </span>
              <button class="plain" type="button" aria-label="Dismiss" onClick={() => dismiss(one.id)}>
                <CloseIcon />
              </button>
            </p>
          )}
        </For>
      </div>
    </div>
  );
}
