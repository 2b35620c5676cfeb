// Shows one row of the list: cover, name and details of a piece. The name is a link to its page.
import { createSignal, type JSX, Show } from "solid-js";
import { clockOf } from "../lib/clock.ts";
import { follow } from "../lib/address.ts";
import { PlayIcon, SoundIcon } from "../shell/icons.tsx";
import { Cover } from "./cover.tsx";
import { Menu } from "./menu.tsx";
import { NameField } from "./name-field.tsx";

interface TrackRowProps {
  title: string;
  prompt: string;
  /** Base64 of the loudness over the whole piece; null until it is made. */
  peaks: string | null;
  createdAt: string;
  seconds: number;
  /** The text in place of the length during generation or after a failure. */
  note: string | undefined;
  /** The progress from 0 to 1 during generation. */
  progress: number | undefined;
  versionCount: number;
  isCurrent: boolean;
  isSounding: boolean;
  /** The address of its page. */
  address: string;
  /** Links to its files, if there are any yet. */
  downloads?: JSX.Element;
  onPlay(): void;
  onChange(): void;
  onAlbum(): void;
  onRename(title: string): void;
  onDelete(): void;
}

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

export function TrackRow(props: TrackRowProps) {
  let name: HTMLAnchorElement | undefined;
  const [editing, setEditing] = createSignal(false);
  const date = () => (props.createdAt ? day.format(new Date(props.createdAt)) : "");
  const facts = () =>
    [
      date(),
      props.note ?? clockOf(props.seconds),
      props.versionCount > 1 ? `${props.versionCount} versions` : "",
    ].filter(Boolean);

  return (
    <li class="track" classList={{ current: props.isCurrent, making: props.progress !== undefined }}>
      <button
        class="play"
        type="button"
        aria-label={`${props.isSounding ? "Now playing:" : "Play"} ${props.title}`}
        onClick={() => props.isSounding || props.onPlay()}
      >
        <Cover peaks={props.peaks} />
        <Show when={props.isSounding} fallback={<PlayIcon />}>
          <SoundIcon />
        </Show>
      </button>
      <Show
        when={!editing()}
        fallback={
          <NameField
            value={props.title}
            label="New title"
            onDone={(title) => {
              setEditing(false);
              if (title) props.onRename(title);
              queueMicrotask(() => name?.focus());
            }}
          />
        }
      >
        <a class="name" href={props.address} title={props.prompt} ref={name} onClick={follow}>
          <span class="name-text" dir="auto">
            {props.title}
          </span>
          <span class="facts">{facts().join(" · ")}</span>
        </a>
      </Show>
      <Menu label={`More for ${props.title}`}>
        <button type="button" onClick={() => props.onChange()}>
          Versions
        </button>
        <button type="button" onClick={() => setEditing(true)}>
          Rename
        </button>
        <button type="button" onClick={() => props.onAlbum()}>
          Put in an album…
        </button>
        {props.downloads}
        <button type="button" class="away" onClick={() => props.onDelete()}>
          Delete
        </button>
      </Menu>
      <Show when={props.progress !== undefined}>
        <progress
          class="progress"
          max="1"
          value={props.progress}
          aria-label={`${props.title} is being made`}
        />
      </Show>
    </li>
  );
}
