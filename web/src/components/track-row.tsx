// One piece in the list, like a line in the contents of a score: its number, its name, dots, its length.
import { createSignal, Show } from "solid-js";
import { clockOf } from "../lib/clock.ts";
import { PauseIcon, PencilIcon, PlayIcon } from "./icons.tsx";

interface TrackRowProps {
  title: string;
  prompt: string;
  seconds: number;
  /** What stands in place of the length while it is made, or when it failed. */
  note: string | undefined;
  /** 0 to 1 while it is being made. */
  progress: number | undefined;
  isCurrent: boolean;
  isSounding: boolean;
  onPlay(): void;
  onRename(title: string): void;
}

export function TrackRow(props: TrackRowProps) {
  let edit!: HTMLButtonElement;
  const [editing, setEditing] = createSignal(false);
  const finish = (input: HTMLInputElement, keep: boolean) => {
    if (!editing()) return;
    setEditing(false);
    const title = input.value.trim();
    if (keep && title && title !== props.title) props.onRename(title);
    queueMicrotask(() => edit.focus());
  };

  return (
    <li
      class="track"
      classList={{ current: props.isCurrent }}
      style={{ "--made": String(props.progress ?? 1) }}
    >
      <button
        class="play"
        type="button"
        aria-label={`${props.isCurrent && props.isSounding ? "Pause" : "Play"} ${props.title}`}
        onClick={() => props.onPlay()}
      >
        <Show when={props.isCurrent && props.isSounding} fallback={<PlayIcon />}>
          <PauseIcon />
        </Show>
      </button>
      <Show
        when={editing()}
        fallback={
          <p class="name" title={props.prompt}>
            <span class="name-text">{props.title}</span>
          </p>
        }
      >
        <input
          class="rename"
          aria-label="New title"
          maxlength="200"
          value={props.title}
          ref={(input) => queueMicrotask(() => input.select())}
          onKeyDown={(event) => {
            if (event.key === "Enter") finish(event.currentTarget, true);
            if (event.key === "Escape") finish(event.currentTarget, false);
          }}
          onBlur={(event) => finish(event.currentTarget, true)}
        />
      </Show>
      <button
        ref={edit}
        class="plain edit"
        type="button"
        aria-label={`Rename ${props.title}`}
        onClick={() => setEditing(true)}
      >
        <PencilIcon />
      </button>
      <span class="length">{props.note ?? clockOf(props.seconds)}</span>
    </li>
  );
}
