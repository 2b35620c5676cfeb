// One row of the list: the name and the length of a piece. A press opens it.
import { createSignal, type JSX, Show } from "solid-js";
import { clockOf } from "../lib/clock.ts";
import { PauseIcon, PlayIcon } from "./icons.tsx";
import { Menu } from "./menu.tsx";

interface TrackRowProps {
  title: string;
  prompt: string;
  seconds: number;
  /** The text in place of the length during generation or after a failure. */
  note: string | undefined;
  /** The progress from 0 to 1 during generation. */
  progress: number | undefined;
  versionCount: number;
  isCurrent: boolean;
  isSounding: boolean;
  isOpen: boolean;
  /** Links to its files, if there are any yet. */
  downloads?: JSX.Element;
  /** The content below the row when it is open. */
  children?: JSX.Element;
  onPlay(): void;
  onToggle(): void;
  onChange(): void;
  onRename(title: string): void;
  onDelete(): void;
}

export function TrackRow(props: TrackRowProps) {
  let piece!: HTMLLIElement;
  const [editing, setEditing] = createSignal(false);
  const finish = (input: HTMLInputElement, keep: boolean) => {
    if (!editing()) return;
    setEditing(false);
    const title = input.value.trim();
    if (keep && title && title !== props.title) props.onRename(title);
    queueMicrotask(() => piece.querySelector<HTMLElement>(".name")?.focus());
  };

  return (
    <li class="piece" ref={piece}>
      <div
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
            <button
              class="name"
              type="button"
              title={props.prompt}
              aria-expanded={props.isOpen}
              onClick={() => props.onToggle()}
            >
              <span class="name-text">{props.title}</span>
              <Show when={props.versionCount > 1}>
                <span class="count">
                  {props.versionCount}
                  <span class="count-of"> versions</span>
                </span>
              </Show>
            </button>
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
        <Menu label={`More for ${props.title}`}>
          <button type="button" onClick={() => props.onChange()}>
            Make a version
          </button>
          <button type="button" onClick={() => setEditing(true)}>
            Rename
          </button>
          {props.downloads}
          <button type="button" class="away" onClick={() => props.onDelete()}>
            Delete
          </button>
        </Menu>
        <span class="length">{props.note ?? clockOf(props.seconds)}</span>
      </div>
      <Show when={props.isOpen}>
        <div class="drawer">{props.children}</div>
      </Show>
    </li>
  );
}
