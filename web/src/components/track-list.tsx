// What this person made, newest first, with a search box once there is something to search.
import { For, onCleanup, onMount, Show } from "solid-js";
import { latestVersion } from "../library/create-library.ts";
import { isFinal, lengthSeconds } from "../making/making.ts";
import type { TrackSummary } from "../lib/wire.ts";
import type { Studio } from "../studio.ts";
import { TrackRow } from "./track-row.tsx";
import { Welcome } from "./welcome.tsx";

interface TrackListProps {
  studio: Studio;
}

export function TrackList(props: TrackListProps) {
  const library = () => props.studio.library;
  const isEmpty = () => library().items().length === 0;

  return (
    <section class="library" aria-label="Your pieces">
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
        <Show when={!isEmpty()} fallback={<p class="empty">Nothing has that name.</p>}>
          <ol class="tracks">
            <For each={library().items()}>{(track) => <Row studio={props.studio} track={track} />}</For>
          </ol>
        </Show>
      </Show>
      <Show when={library().hasMore()}>
        <More onMore={() => void library().more()} />
      </Show>
    </section>
  );
}

function Row(props: { studio: Studio; track: TrackSummary }) {
  const version = () => latestVersion(props.track);
  const making = () => props.studio.makings.get(version()?.requestId);
  const state = () => making()?.state ?? version()?.state ?? "complete";
  const progress = () => {
    const now = making();
    return now && !isFinal(now.state) && now.plannedMs ? now.generatedMs / now.plannedMs : undefined;
  };
  const seconds = () => {
    const now = making();
    return now ? lengthSeconds(now) : (version()?.durationMs ?? 0) / 1000;
  };
  const note = () => {
    if (state() === "failed") return "failed";
    const made = progress();
    if (made !== undefined && made > 0) return `${Math.min(99, Math.round(made * 100))} %`;
    return isFinal(state()) ? undefined : "…";
  };

  return (
    <TrackRow
      title={props.track.title}
      prompt={version()?.prompt ?? ""}
      seconds={seconds()}
      note={note()}
      progress={progress()}
      isCurrent={props.studio.player.playing()?.trackId === props.track.id}
      isSounding={props.studio.player.isSounding()}
      onPlay={() => props.studio.play(props.track)}
      onRename={(title) => void props.studio.rename(props.track.id, title)}
    />
  );
}

/** Asks for the next page when it comes into view, and can be pressed where that doesn't happen. */
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
    <button ref={button} class="link more" type="button" onClick={() => props.onMore()}>
      Show more
    </button>
  );
}
