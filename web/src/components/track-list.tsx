// The list of this person's pieces, newest first, with a search field once there are pieces.
import { createMemo, For, onCleanup, onMount, Show } from "solid-js";
import { archiveUrl } from "../lib/api.ts";
import { hasSession } from "../lib/session.ts";
import type { TrackSummary } from "../lib/wire.ts";
import type { Studio } from "../studio.ts";
import { AccountDoor } from "./account-door.tsx";
import { Downloads } from "./downloads.tsx";
import { standingOf } from "./standing.ts";
import { TrackDrawer } from "./track-drawer.tsx";
import { TrackRow } from "./track-row.tsx";
import { TrashDialog } from "./trash-dialog.tsx";
import { Welcome } from "./welcome.tsx";

interface TrackListProps {
  studio: Studio;
}

export function TrackList(props: TrackListProps) {
  const library = () => props.studio.library;
  const isEmpty = () => library().items().length === 0;
  let section!: HTMLElement;
  let trash!: HTMLDialogElement;
  /** True from the first playback on; older pieces count as played. */
  const hasMusic = createMemo<boolean>(
    (was) =>
      was ||
      props.studio.player.isSounding() ||
      library()
        .items()
        .some(({ versions }) => versions.some(({ state }) => state === "complete")),
    false,
  );
  const projectSizes = createMemo(() => {
    const sizes = new Map<string, number>();
    for (const { projectId } of library().items()) sizes.set(projectId, (sizes.get(projectId) ?? 0) + 1);
    return sizes;
  });

  return (
    <section class="library" aria-label="Your pieces" tabindex="-1" ref={section}>
      <Show when={!isEmpty() || library().search()} fallback={<Welcome library={library()} />}>
        <header>
          <h2>Your pieces</h2>
          <input
            class="search"
            type="search"
            placeholder="Search"
            aria-label="Search your pieces"
            value={library().search()}
            onInput={(event) => library().find(event.currentTarget.value)}
          />
        </header>
        <Show when={!isEmpty()} fallback={<p class="empty">No piece has this name.</p>}>
          <ol class="tracks">
            <For each={library().items()}>
              {(track) => (
                <Row
                  studio={props.studio}
                  track={track}
                  isOneOfMany={(projectSizes().get(track.projectId) ?? 0) > 1}
                  onDeleted={() => section.focus({ preventScroll: true })}
                />
              )}
            </For>
          </ol>
        </Show>
      </Show>
      <Show when={library().hasMore()}>
        <More onMore={() => void library().more()} />
      </Show>
      <Show when={library().state() !== "loading"}>
        <div class="doors">
          <AccountDoor account={props.studio.account} hasMusic={hasMusic()} />
          <Show when={!isEmpty() || hasSession()}>
            <button
              class="link quiet"
              type="button"
              onClick={() => {
                void props.studio.trash.load();
                trash.showModal();
              }}
            >
              Trash
            </button>
          </Show>
        </div>
      </Show>
      <TrashDialog
        trash={props.studio.trash}
        ref={(element) => {
          trash = element;
        }}
      />
    </section>
  );
}

interface RowProps {
  studio: Studio;
  track: TrackSummary;
  /** Whether its project has other pieces, too. */
  isOneOfMany: boolean;
  onDeleted(): void;
}

function Row(props: RowProps) {
  const version = () => props.studio.shownVersion(props.track);
  const standing = () => standingOf(props.studio, version()!);
  const desk = () => props.studio.desk;

  return (
    <Show when={version()}>
      <TrackRow
        title={props.track.title}
        prompt={version()?.prompt ?? ""}
        seconds={standing().seconds}
        note={standing().note}
        progress={standing().progress}
        versionCount={props.track.versions.length}
        isCurrent={props.studio.player.playing()?.trackId === props.track.id}
        isSounding={props.studio.player.isSounding()}
        isOpen={desk().trackId() === props.track.id}
        downloads={
          <>
            <Show when={standing().isKept}>
              <Downloads versionId={version()!.id} />
            </Show>
            <Show when={props.isOneOfMany}>
              <a href={archiveUrl(props.track.projectId)} download="">
                Download all of “{props.track.projectName}” as ZIP
              </a>
            </Show>
          </>
        }
        onPlay={() => props.studio.play(props.track)}
        onToggle={() => desk().toggle(props.track.id)}
        onChange={() => desk().change(props.track.id)}
        onRename={(title) => void props.studio.rename(props.track.id, title)}
        onDelete={() => {
          void props.studio.remove({ kind: "track", id: props.track.id }, props.track.title);
          props.onDeleted();
        }}
      >
        <TrackDrawer studio={props.studio} track={props.track} onDeleted={props.onDeleted} />
      </TrackRow>
    </Show>
  );
}

/** Loads the next page when it becomes visible, or when it is pressed. */
function More(props: { onMore(): void }) {
  let button!: HTMLButtonElement;
  onMount(() => {
    const seen = new IntersectionObserver((entries) => entries[0]!.isIntersecting && props.onMore(), {
      rootMargin: "300px",
    });
    seen.observe(button);
    onCleanup(() => seen.disconnect());
  });
  return (
    <button ref={button} class="link next-page" type="button" onClick={() => props.onMore()}>
      Show more
    </button>
  );
}
