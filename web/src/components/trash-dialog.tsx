// The trash dialog: restore deleted items, or delete them for good after a second press.
import { createSignal, For, Show } from "solid-js";
import type { Deletion } from "../lib/wire.ts";
import type { Trash } from "../library/create-trash.ts";

interface TrashDialogProps {
  trash: Trash;
  ref(element: HTMLDialogElement): void;
}

export function TrashDialog(props: TrashDialogProps) {
  let heading!: HTMLHeadingElement;
  const keep = (element: HTMLDialogElement) => {
    element.setAttribute("closedby", "any");
    props.ref(element);
  };
  const act = async (run: Promise<void>) => {
    await run;
    heading.focus();
  };

  return (
    <dialog ref={keep} class="help trash" aria-labelledby="trash">
      <h2 id="trash" tabindex="-1" ref={heading}>
        Trash
      </h2>
      <Show when={props.trash.state() !== "failed"} fallback={<Failed trash={props.trash} />}>
        <ul>
          <For each={props.trash.items()}>
            {(deletion) => (
              <Thrown
                deletion={deletion}
                onRestore={() => void act(props.trash.restore(deletion))}
                onPurge={() => void act(props.trash.purge(deletion))}
              />
            )}
          </For>
        </ul>
        <Show when={props.trash.state() === "ready" && !props.trash.items().length}>
          <p class="empty">The trash is empty. Deleted pieces can be restored for a while.</p>
        </Show>
        <Show when={props.trash.hasMore()}>
          <button class="link" type="button" onClick={() => void props.trash.more()}>
            Show more
          </button>
        </Show>
      </Show>
      <form method="dialog">
        <button class="link" type="submit">
          Close
        </button>
      </form>
    </dialog>
  );
}

function Failed(props: { trash: Trash }) {
  return (
    <p class="empty">
      The trash could not be read.{" "}
      <button class="link" type="button" onClick={() => void props.trash.load()}>
        Try again
      </button>
    </p>
  );
}

function Thrown(props: { deletion: Deletion; onRestore(): void; onPurge(): void }) {
  const [isSure, setSure] = createSignal(false);
  let doubt: HTMLButtonElement | undefined;
  let purge!: HTMLButtonElement;
  const withAll = () =>
    props.deletion.kind !== "version" && props.deletion.versionCount > 1
      ? ` and its ${props.deletion.versionCount} versions`
      : "";
  const lastDay = () =>
    new Date(props.deletion.purgeAfter).toLocaleDateString("en", { day: "numeric", month: "long" });

  return (
    <li>
      <p>
        <span class="name-text">{props.deletion.title}</span>
        <span class="count">kept until {lastDay()}</span>
      </p>
      <Show
        when={isSure()}
        fallback={
          <div>
            <button
              class="link"
              type="button"
              aria-label={`Restore ${props.deletion.title}`}
              onClick={() => props.onRestore()}
            >
              Restore
            </button>
            <button
              ref={purge}
              class="link quiet"
              type="button"
              aria-label={`Delete ${props.deletion.title} for good`}
              onClick={() => {
                setSure(true);
                doubt?.focus();
              }}
            >
              Delete for good
            </button>
          </div>
        }
      >
        <div role="alert">
          {props.deletion.title}
          {withAll()} will be gone with the sound. Nothing brings it back.
        </div>
        <div>
          <button
            ref={doubt}
            class="link"
            type="button"
            onClick={() => {
              setSure(false);
              purge.focus();
            }}
          >
            Keep it
          </button>
          <button class="link quiet" type="button" onClick={() => props.onPurge()}>
            Yes, delete it for good
          </button>
        </div>
      </Show>
    </li>
  );
}
