// Shows the notices above the player: that the browser is offline, errors, and actions that can be
// undone.
import { For, type JSX, onCleanup, onMount, Show } from "solid-js";
import { dismiss, type Notice, type NoticeAction, notices } from "./notices.ts";
import { CloseIcon } from "./icons.tsx";
import { t } from "../i18n/translate.ts";

interface NoticesProps {
  online: boolean;
}

/**
 * How long a notice with "Undo" is shown. When the pointer or the focus enters the notice, the
 * timer is stopped. When the pointer or the focus leaves the notice, the full time starts again.
 */
const UNDO_MS = 12_000;

const isUndo = ({ action }: Notice): boolean => action?.label === "Undo";

export default function Notices(props: NoticesProps) {
  return (
    <div class="notices">
      <div role="status">
        <Show when={!props.online}>
          <p class="notice">
            <span>{t("You’re offline. What has loaded keeps playing.")}</span>
          </p>
        </Show>
        <For each={notices().filter(isUndo)}>{(one) => <UndoNotice notice={one} />}</For>
      </div>
      <div role="alert">
        <For each={notices().filter((one) => !isUndo(one))}>
          {(one) => (
            <p class="notice">
              <span>
                <strong>{one.text}</strong> {one.hint}
              </span>
              <Show when={one.action}>{(action) => <Act notice={one} action={action()} />}</Show>
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
      <Act notice={props.notice} action={props.notice.action!} />
      <Dismiss notice={props.notice} />
    </p>
  );
}

function Act(props: { notice: Notice; action: NoticeAction }) {
  return (
    <button
      class="link"
      type="button"
      onClick={() => {
        dismiss(props.notice.id);
        props.action.run();
      }}
    >
      {t(props.action.label)}
    </button>
  );
}

function Dismiss(props: { notice: Notice }): JSX.Element {
  return (
    <button class="plain" type="button" aria-label={t("Dismiss")} onClick={() => dismiss(props.notice.id)}>
      <CloseIcon />
    </button>
  );
}
