// Shows one row of a list of pieces: the cover, the name and other facts of a piece. The name is a link to the page of
// the piece.
import { createSignal, type JSX, Show } from "solid-js";
import { clockOf } from "../i18n/clock.ts";
import { follow } from "../address/address.ts";
import { HeartIcon, PlayIcon, SoundIcon } from "../shell/icons.tsx";
import { endDrag } from "./drag-rows.ts";
import { Cover } from "./cover.tsx";
import { Menu } from "./menu.tsx";
import { NameField } from "./name-field.tsx";
import { locale, plural, t } from "../i18n/translate.ts";

interface TrackRowProps {
  title: string;
  prompt: string;
  /** The loudness over the whole piece, as base64; null until the piece is made. */
  peaks: string | null;
  createdAt: string;
  seconds: number;
  /** The text that is shown in place of the length during generation or after a failure. */
  note: string | undefined;
  /** The progress from 0 to 1 during generation; undefined at other times. */
  progress: number | undefined;
  versionCount: number;
  isCurrent: boolean;
  isSounding: boolean;
  isLiked: boolean;
  /**
   * Whether the piece is selected. With true or false, the row has a checkbox in place of the play button. With
   * undefined, nothing can be selected, and the row has the play button.
   */
  isSelected?: boolean | undefined;
  /** The address of the page of the piece. */
  address: string;
  /** Links to the files of the piece; undefined while there are no files. */
  downloads?: JSX.Element;
  onPlay(): void;
  onLike(): void;
  onSelect?(): void;
  /** Called when the listener chooses "Versions" in the menu. */
  onChange(): void;
  onAlbum(): void;
  onRename(title: string): void;
  onDelete(): void;
  /** Undefined if the row can't be dragged. */
  onDrag?: ((event: DragEvent) => void) | undefined;
}

/** The date formats by language. Making a format takes longer than using it, so each format is made only once. */
const dayFormats: Record<string, Intl.DateTimeFormat> = {};
function dayOf(at: string): string {
  dayFormats[locale()] ??= new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short" });
  return dayFormats[locale()]!.format(new Date(at));
}

export function TrackRow(props: TrackRowProps) {
  let name: HTMLAnchorElement | undefined;
  const [editing, setEditing] = createSignal(false);
  const date = () => (props.createdAt ? dayOf(props.createdAt) : "");
  const facts = () =>
    [
      date(),
      props.note ?? clockOf(props.seconds),
      props.versionCount > 1 ? plural(props.versionCount, "1 version", "{n} versions") : "",
    ].filter(Boolean);

  return (
    <li
      class="track"
      classList={{ current: props.isCurrent, making: props.progress !== undefined }}
      draggable={props.onDrag && !editing() ? "true" : undefined}
      onDragStart={(event) => props.onDrag?.(event)}
      onDragEnd={endDrag}
    >
      <Show
        when={props.isSelected === undefined}
        fallback={
          <label class="select">
            <input
              type="checkbox"
              aria-label={t("Select {title}", { title: props.title })}
              checked={props.isSelected}
              onChange={() => props.onSelect?.()}
            />
          </label>
        }
      >
        <button
          class="play"
          type="button"
          aria-label={t(props.isSounding ? "Now playing: {title}" : "Play {title}", { title: props.title })}
          onClick={() => props.isSounding || props.onPlay()}
        >
          <Cover peaks={props.peaks} />
          <Show when={props.isSounding} fallback={<PlayIcon />}>
            <SoundIcon />
          </Show>
        </button>
      </Show>
      <Show
        when={!editing()}
        fallback={
          <NameField
            value={props.title}
            label={t("New title")}
            onDone={(title) => {
              setEditing(false);
              if (title) props.onRename(title);
              queueMicrotask(() => name?.focus());
            }}
          />
        }
      >
        <a
          class="name"
          href={props.address}
          title={props.prompt}
          ref={name}
          draggable={props.onDrag ? "false" : undefined}
          onClick={follow}
        >
          <span class="name-text" dir="auto">
            {props.title}
          </span>
          <span class="facts">{facts().join(" · ")}</span>
        </a>
      </Show>
      <button
        class="plain like"
        classList={{ on: props.isLiked }}
        type="button"
        aria-pressed={props.isLiked}
        aria-label={t("Like {title}", { title: props.title })}
        onClick={() => props.onLike()}
      >
        <HeartIcon filled={props.isLiked} />
      </button>
      <Menu label={t("More for {title}", { title: props.title })}>
        <button type="button" onClick={() => props.onChange()}>
          {t("Versions")}
        </button>
        <button type="button" onClick={() => setEditing(true)}>
          {t("Rename")}
        </button>
        <button type="button" onClick={() => props.onAlbum()}>
          {t("Put in an album…")}
        </button>
        {props.downloads}
        <button type="button" class="away" onClick={() => props.onDelete()}>
          {t("Delete")}
        </button>
      </Menu>
      <Show when={props.progress !== undefined}>
        <progress
          class="progress"
          max="1"
          value={props.progress}
          aria-label={t("{title} is being made", { title: props.title })}
        />
      </Show>
    </li>
  );
}
