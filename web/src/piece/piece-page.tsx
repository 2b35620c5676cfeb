// Shows the page of a piece: its versions, the form for a change, and its files.
import { createEffect, createResource, createRoot, createSignal, Match, Show, Switch } from "solid-js";
import { at } from "../address/at.ts";
import { follow } from "../address/address.ts";
import { getGeneration } from "../api/api.ts";
import { createLoaded } from "../signals/create-loaded.ts";
import type { GenerationState, TrackSummary } from "../api/wire.ts";
import { latestVersion } from "../library/versions.ts";
import { isFinal } from "../making/making.ts";
import Missing from "../shell/missing.tsx";
import { useLibrary, useMaking, usePlayer } from "../studio.tsx";
import { Compare } from "./compare.tsx";
import { Downloads } from "../shelf/downloads.tsx";
import { LinerNotes } from "./liner-notes.tsx";
import { NameField } from "../shelf/name-field.tsx";
import ShareDialog from "../shelf/share-dialog.tsx";
import { revisionWords } from "./revision-words.ts";
import { standingOf } from "../shelf/standing.ts";
import { VersionForm } from "./version-form.tsx";
import { VersionList } from "./version-list.tsx";
import "./piece-page.css";
import { loadMusicWords } from "../i18n/music.ts";
import { quotedList, t } from "../i18n/translate.ts";

export default function PiecePage(props: { id: string }) {
  const library = useLibrary();
  const [found, { refetch }] = createResource(
    () => library.state() !== "loading" && props.id,
    (id) => library.find(id),
  );
  const track = () => library.get(props.id);

  return (
    <section class="library piece-page" aria-label={t("Piece")}>
      <nav>
        <a class="link quiet" href={at("/")} onClick={follow}>
          {t("‹ Your pieces")}
        </a>
      </nav>
      <Switch fallback={<p class="empty">{t("Loading…")}</p>}>
        <Match when={track()}>{(known) => <Piece track={known()} />}</Match>
        <Match when={found.error}>
          <p class="empty">
            {t("This piece could not be loaded.")}{" "}
            <button class="link" type="button" onClick={() => void refetch()}>
              {t("Try again")}
            </button>
          </p>
        </Match>
        <Match when={found.state === "ready" && library.state() !== "loading"}>
          <Missing what={t("This piece isn’t here.")} />
        </Match>
      </Switch>
    </section>
  );
}

function Piece(props: { track: TrackSummary }) {
  const listening = usePlayer();
  const making = useMaking();
  const [parentId, setParentId] = createSignal<string>();
  const [asked, setAsked] = createSignal(0);
  const [editing, setEditing] = createSignal(false);
  const [sharing, setSharing] = createSignal(false);
  const isOne = () => props.track.versions.length === 1;
  const shown = () => listening.shownVersion(props.track) ?? latestVersion(props.track);
  const described = createLoaded(
    () => shown()?.requestId,
    async (requestId) => {
      // The translations of the plan's words are loaded, too, so that the plan is never shown in English first.
      const [generation] = await Promise.all([getGeneration(requestId).catch(() => null), loadMusicWords()]);
      return generation;
    },
  );
  /**
   * Whether the page no longer waits for the liner notes. While the page waits, the parts below the liner notes are
   * hidden, because liner notes that appear later would move these parts down.
   */
  const isDescribed = () => !shown()?.requestId || described() !== undefined;
  const parent = () => props.track.versions.find((one) => one.id === parentId()) ?? shown();

  return (
    <Show when={shown()}>
      {(version) => (
        <>
          <header>
            <Show
              when={!editing()}
              fallback={
                <NameField
                  value={props.track.title}
                  label={t("New title")}
                  onDone={(title) => {
                    setEditing(false);
                    if (title) void making.rename(props.track.id, title);
                  }}
                />
              }
            >
              <h2 dir="auto">{props.track.title}</h2>
              <button class="link quiet" type="button" onClick={() => setSharing(true)}>
                {t("Share")}
              </button>
              <button class="link quiet" type="button" onClick={() => setEditing(true)}>
                {t("Rename")}
              </button>
            </Show>
          </header>
          <Show when={sharing()}>
            <ShareDialog
              thing={{ kind: "track", id: props.track.id }}
              title={props.track.title}
              onClose={() => setSharing(false)}
            />
          </Show>
          <LinerNotes version={version()} described={described() ?? undefined} />
          <Show when={isDescribed()}>
            <Show when={isOne()}>
              <div class="piece-acts">
                <Show when={!listening.isCurrentVersion(version().id)}>
                  <button class="solid" type="button" onClick={() => listening.play(props.track, version())}>
                    {t("Play")}
                  </button>
                </Show>
                <Show when={standingOf(making.makings, version()).isKept}>
                  <Downloads version={version()} isKept={true} generation={described() ?? undefined} />
                </Show>
              </div>
            </Show>
            <Show when={!isOne()}>
              <VersionList
                track={props.track}
                onChange={(one) => {
                  setParentId(one.id);
                  setAsked((times) => times + 1);
                }}
              />
              <Compare track={props.track} />
            </Show>
            <VersionForm
              parentNumber={isOne() ? undefined : parent()?.number}
              asked={asked()}
              plan={parent()?.id === shown()?.id ? described()?.plan : undefined}
              isReady={!parent() || isFinal(listening.stateOf(parent()!))}
              onMake={async (instruction) => {
                const from = parent()!;
                await untilFinal(() => listening.stateOf(from));
                return revisionWords(await making.change(props.track, from, instruction));
              }}
            />
            <Show when={props.track.projectName}>
              <p class="facts">
                {t("In the album")} <span dir="auto">{quotedList([props.track.projectName])}</span>.
              </p>
            </Show>
          </Show>
        </>
      )}
    </Show>
  );
}

/**
 * Resolves when the generation of a version has ended, because only a version with an ended generation can
 * be changed. If the generation has already ended, resolves at once. If the person leaves the page of the
 * piece, the wait continues, so that the change is still made.
 */
const untilFinal = (state: () => GenerationState): Promise<void> =>
  new Promise((resolve) => {
    createRoot((dispose) =>
      createEffect(() => {
        if (!isFinal(state())) return;
        resolve();
        queueMicrotask(dispose);
      }),
    );
  });
