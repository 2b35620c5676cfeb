// The page: the ring with the prompt, the list of pieces, the player bar.
import { createEffect, createMemo, on, onMount, Show } from "solid-js";
import { Compose } from "./components/compose.tsx";
import { HelpDialog } from "./components/help-dialog.tsx";
import { ThemeIcon } from "./components/icons.tsx";
import { Mark } from "./components/mark.tsx";
import { Notices } from "./components/notices.tsx";
import { PlayerBar } from "./components/player-bar.tsx";
import { TrackList } from "./components/track-list.tsx";
import { createOnline } from "./lib/create-online.ts";
import { createShortcuts } from "./lib/create-shortcuts.ts";
import { undoLast } from "./lib/notices.ts";
import { createTheme } from "./lib/theme.ts";
import { type Making, progressWords, sectionAt, shortWords } from "./making/making.ts";
import { createStudio } from "./studio.ts";

export function App() {
  const studio = createStudio();
  const theme = createTheme();
  const online = createOnline();
  const { player } = studio;
  let prompt!: HTMLTextAreaElement;
  let help!: HTMLDialogElement;

  const wordsFor = (wordsOf: (making: Making) => string) => {
    if (studio.asking()) return "Asking for it…";
    if (player.state() === "offline") return "Waiting for the network…";
    const making = studio.making();
    if (making?.state === "failed") return wordsOf(making);
    const failure = player.failure();
    if (failure) return failure;
    if (!making || making.state === "complete") return "";
    return studio.isMaking() && player.state() === "waiting"
      ? "Waiting for the next notes…"
      : wordsOf(making);
  };
  const words = createMemo(() => wordsFor(progressWords));

  /** The text for screen readers: a new state, a new section or a failure, but not every bar. */
  const announcement = createMemo(
    on(
      () => [studio.making()?.state, studio.making()?.sections.length, player.failure()],
      () => player.failure() ?? (studio.making() ? progressWords(studio.making()!) : ""),
    ),
  );

  /** The section that plays, if there is no message to show. */
  const section = () => {
    const making = studio.making();
    return (making && player.isSounding() && sectionAt(making, player.seconds())) || "";
  };

  createShortcuts({
    " ": player.toggle,
    k: player.toggle,
    arrowleft: () => player.seekBy(-5),
    arrowright: () => player.seekBy(5),
    arrowup: () => player.setVolume(player.volume() + 0.1),
    arrowdown: () => player.setVolume(player.volume() - 0.1),
    m: player.toggleMuted,
    j: studio.previous,
    l: studio.next,
    v: studio.compare,
    z: undoLast,
    "/": () => prompt.select(),
    "?": () => help.showModal(),
  });
  createEffect(() => {
    const title = player.playing()?.title;
    document.title = title && player.isSounding() ? `${title} · Rondo` : "Rondo";
  });
  onMount(() => {
    if (matchMedia("(pointer: fine)").matches) prompt.focus();
  });

  return (
    <div class="page" classList={{ "with-bar": player.playing() !== undefined }}>
      <header class="top">
        <h1>
          <Mark />
          Rondo
        </h1>
        <div class="tools">
          <button
            class="plain keys"
            type="button"
            aria-label="Keys"
            title="Keys (?)"
            onClick={() => help.showModal()}
          >
            ?
          </button>
          <button
            class="plain"
            type="button"
            aria-label={`Colours: ${theme.theme()}`}
            title={`Colours: ${theme.theme()}`}
            onClick={theme.next}
          >
            <ThemeIcon theme={theme.theme()} />
          </button>
        </div>
      </header>
      <main>
        <Compose
          promptRef={(element) => {
            prompt = element;
          }}
          ring={{
            get peaks() {
              return studio.peaks();
            },
            get grown() {
              return studio.making()?.peaksGrown ?? 0;
            },
            get sections() {
              return studio.making()?.sections ?? [];
            },
            get seconds() {
              return player.seconds();
            },
            get duration() {
              return studio.duration();
            },
            get active() {
              return player.playing() !== undefined || studio.asking();
            },
            onSeek: player.seek,
          }}
          words={words()}
          section={section()}
          busy={studio.asking()}
          playing={player.playing()?.prompt}
          isSounding={player.isSounding()}
          onToggle={player.toggle}
          onTyping={studio.warmUp}
          onMake={(text, seconds) => void studio.make(text, seconds)}
        />
        <TrackList studio={studio} />
      </main>
      <div class="foot">
        <Notices online={online()} />
        <Show when={player.playing()}>
          <PlayerBar studio={studio} words={wordsFor(shortWords)} />
        </Show>
      </div>
      <p class="unseen" aria-live="polite">
        {announcement()}
      </p>
      <HelpDialog
        ref={(element) => {
          help = element;
        }}
      />
    </div>
  );
}
