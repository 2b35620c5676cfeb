// Shows the page: the prompt field, the current piece, the view that the URL selects, and the player.
import { createEffect, For, Match, onMount, Show, Suspense, Switch } from "solid-js";
import { NowPlaying } from "./hear/now-playing.tsx";
import { lazyView, loadViewsLater } from "./shell/lazy-view.ts";
import { createOnline } from "./signals/create-online.ts";
import { createShortcuts } from "./shell/create-shortcuts.ts";
import { useView } from "./address/address.ts";
import { language } from "./i18n/choose-language.ts";
import { at } from "./address/at.ts";
import { t } from "./i18n/translate.ts";
import { business } from "./shell/business.ts";
import { undoLast } from "./shell/notices.ts";
import { Compose } from "./make/compose.tsx";
import { announcementOf } from "./making/words.ts";
import { nextTask } from "./shell/next-task.ts";
import { Top } from "./shell/top.tsx";
import { Welcome } from "./shelf/welcome.tsx";
import { useLibrary, useMaking, usePlayer } from "./studio.tsx";

const Notices = lazyView(() => import("./shell/notices.tsx"));
const TrackList = lazyView(() => import("./shelf/track-list.tsx"));
const Takes = lazyView(() => import("./hear/takes.tsx"));
const PlayerBar = lazyView(() => import("./hear/player-bar.tsx"));
const Missing = lazyView(() => import("./shell/missing.tsx"));
const PiecePage = lazyView(() => import("./piece/piece-page.tsx"));
const AlbumList = lazyView(() => import("./albums/album-list.tsx"));
const AlbumPage = lazyView(() => import("./albums/album-page.tsx"));
const AccountViews = lazyView(() => import("./account/account-views.tsx"));
const TrashPage = lazyView(() => import("./shelf/trash-page.tsx"));

export function App() {
  const library = useLibrary();
  const listening = usePlayer();
  const making = useMaking();
  const { player } = listening;
  const online = createOnline();
  const view = useView();
  const id = () => (view() as { id?: string }).id ?? "";
  let prompt!: HTMLTextAreaElement;
  let help!: () => void;

  createShortcuts({
    " ": player.toggle,
    k: player.toggle,
    arrowleft: () => player.seekBy(-5),
    arrowright: () => player.seekBy(5),
    arrowup: () => player.setVolume(player.volume() + 0.1),
    arrowdown: () => player.setVolume(player.volume() - 0.1),
    m: player.toggleMuted,
    j: listening.previous,
    l: listening.next,
    r: listening.nextRepeat,
    s: () => {
      const track = listening.track();
      if (track) void library.like(track.id, !track.likedAt);
    },
    v: () => {
      const versions = listening.track()?.versions.filter((one) => listening.stateOf(one) !== "failed") ?? [];
      const at = versions.findIndex((one) => one.id === listening.version()?.id);
      const other = versions[(at + 1) % versions.length];
      if (other) listening.hearInstead(other);
    },
    z: undoLast,
    "/": () => prompt.select(),
    "?": () => help(),
  });
  const titles: Readonly<Record<string, () => string | undefined>> = {
    piece: () => library.get(id())?.title,
    albums: () => t("Albums"),
    trash: () => t("Trash"),
    me: () => t("Your account"),
  };
  createEffect(() => {
    const sounding = player.isSounding() ? player.playing()?.title : undefined;
    document.title = [sounding ?? titles[view().name]?.(), business.name].filter(Boolean).join(" · ");
  });
  const hasMusic = () => library.items().length > 0 || library.isLimited();
  onMount(() => {
    // The list and the player are loaded while a person reads and types.
    void nextTask().then(() => {
      void TrackList.preload();
      void PlayerBar.preload();
      loadViewsLater();
    });
    if (matchMedia("(pointer: fine)").matches && location.pathname === at("/")) prompt.focus();
  });

  return (
    <div class="page">
      <Top
        onHelp={(open) => {
          help = open;
        }}
      />
      <main classList={{ elsewhere: view().name !== "pieces" }}>
        <div class="studio">
          <Compose
            promptRef={(element) => {
              prompt = element;
            }}
          />
          <NowPlaying />
          <Suspense>
            <Show when={making.takes().length}>
              <Takes />
            </Show>
          </Suspense>
        </div>
        <Suspense fallback={<section class="library" aria-busy="true" />}>
          <Switch
            fallback={
              <Show when={hasMusic()} fallback={<Welcome />}>
                <TrackList />
              </Show>
            }
          >
            <Match when={view().name === "piece"}>
              <PiecePage id={id()} />
            </Match>
            <Match when={view().name === "albums"}>
              <AlbumList />
            </Match>
            <Match when={view().name === "album"}>
              <AlbumPage id={id()} />
            </Match>
            <Match when={view().name === "trash"}>
              <TrashPage />
            </Match>
            <Match when={view().name === "missing"}>
              <Missing />
            </Match>
            <Match when={view().name !== "pieces"}>
              <AccountViews view={view().name} />
            </Match>
          </Switch>
        </Suspense>
      </main>
      <Show when={business.links}>
        <footer class="legal">
          <For each={business.links}>
            {({ text, url }) => (
              <a class="legal-link" href={url}>
                {text[language()] ?? Object.values(text)[0]}
              </a>
            )}
          </For>
        </footer>
      </Show>
      <div class="foot">
        <Suspense>
          <Notices online={online()} />
        </Suspense>
        <Suspense>
          <Show when={player.playing()}>
            <PlayerBar />
          </Show>
        </Suspense>
      </div>
      <p class="unseen" aria-live="polite">
        {announcementOf(listening)()}
      </p>
    </div>
  );
}
