// Shows the page of an album. A person can play the pieces one after another, download them as ZIP, and share, rename
// or delete the album. Deleting the album also deletes its pieces.
import { createEffect, createMemo, createSignal, Match, on, Show, Switch } from "solid-js";
import { at } from "../address/at.ts";
import { albumAddress, follow, go } from "../address/address.ts";
import { archiveUrl, renameAlbum } from "../api/albums-api.ts";
import { noticeUndone } from "../shell/notices.ts";
import { createAlbum } from "../library/create-album.ts";
import { useTrash } from "../library/use-trash.ts";
import Missing from "../shell/missing.tsx";
import { useLibrary, usePlayer } from "../studio.tsx";
import { NameField } from "../shelf/name-field.tsx";
import ShareDialog from "../shelf/share-dialog.tsx";
import { Rows } from "../shelf/rows.tsx";
import "./albums.css";
import { t } from "../i18n/translate.ts";

export default function AlbumPage(props: { id: string }) {
  const library = useLibrary();
  const listening = usePlayer();
  const trash = useTrash();
  const [editing, setEditing] = createSignal(false);
  const [sharing, setSharing] = createSignal(false);
  const page = createMemo(() => createAlbum(library, props.id));
  createEffect(on([page, library.state], ([now, state]) => state === "ready" && void now.load()));
  const name = () => page().album()?.name ?? "";

  async function rename(to: string | undefined) {
    setEditing(false);
    if (!to) return;
    const before = name();
    page().rename(to);
    await renameAlbum(props.id, to).catch((err: unknown) => {
      page().rename(before);
      noticeUndone(
        err,
        t("“{title}” was not renamed, because the server can’t be reached.", { title: before }),
        () => void rename(to),
      );
    });
  }

  return (
    <section class="library" aria-label={t("Album")}>
      <nav>
        <a class="link quiet" href={at("/albums")} onClick={follow}>
          {t("‹ Albums")}
        </a>
      </nav>
      <Switch fallback={<p class="empty">{t("Loading…")}</p>}>
        <Match when={page().isFailed()}>
          <p class="empty">
            {t("This album could not be loaded.")}{" "}
            <button class="link" type="button" onClick={() => void page().load()}>
              {t("Try again")}
            </button>
          </p>
        </Match>
        <Match when={page().album() === null}>
          <Missing what={t("This album isn’t here.")} />
        </Match>
        <Match when={page().album()}>
          <header>
            <Show
              when={!editing()}
              fallback={<NameField value={name()} label={t("New name")} onDone={(to) => void rename(to)} />}
            >
              <h2 dir="auto">{name()}</h2>
            </Show>
          </header>
          <Show when={sharing()}>
            <ShareDialog
              thing={{ kind: "project", id: props.id }}
              title={name()}
              onClose={() => setSharing(false)}
            />
          </Show>
          <div class="piece-acts">
            <Show when={page().tracks()[0]}>
              {(first) => (
                <>
                  <button
                    class="solid"
                    type="button"
                    onClick={() => listening.play(first(), undefined, page().ids())}
                  >
                    {t("Play all")}
                  </button>
                  <a class="link" href={archiveUrl(props.id)} download="">
                    {t("Download as ZIP")}
                  </a>
                </>
              )}
            </Show>
            <button class="link quiet" type="button" onClick={() => setSharing(true)}>
              {t("Share")}
            </button>
            <button class="link quiet" type="button" onClick={() => setEditing(true)}>
              {t("Rename")}
            </button>
            <button
              class="link quiet"
              type="button"
              onClick={() => {
                void trash.put({ kind: "project", id: props.id }, t("The album “{name}”", { name: name() }));
                go(at("/albums"));
              }}
            >
              {t("Delete")}
            </button>
          </div>
          <Show
            when={page().tracks().length}
            fallback={
              <p class="empty">
                {t(
                  "This album is empty. To fill it, open the menu of a piece and choose “Put in an album…”.",
                )}
              </p>
            }
          >
            <Rows
              tracks={page().tracks()}
              queue={page().ids()}
              onDeleted={() => go(albumAddress(props.id))}
            />
          </Show>
          <Show when={page().hasMore()}>
            <button class="link next-page" type="button" onClick={() => void page().more()}>
              {t("Show more")}
            </button>
          </Show>
        </Match>
      </Switch>
    </section>
  );
}
