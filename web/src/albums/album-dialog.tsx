// Shows the dialog that puts pieces in an existing or a new album.
import { For, onMount, Show } from "solid-js";
import { openModal } from "../shell/modal.ts";
import type { Album } from "../api/wire.ts";
import { createAlbums } from "../library/create-albums.ts";
import { useLibrary } from "../studio.tsx";
import { moveTracks } from "./move-tracks.ts";
import { pickAlbum } from "./pick-album.ts";
import "./albums.css";
import { plural, t } from "../i18n/translate.ts";

export default function AlbumDialog(props: { trackIds: readonly string[] }) {
  const library = useLibrary();
  const albums = createAlbums();
  let dialog!: HTMLDialogElement;
  onMount(() => void albums.load());
  const tracks = () => props.trackIds.flatMap((id) => library.get(id) ?? []);
  const isOne = () => props.trackIds.length === 1;
  const title = () => tracks()[0]?.title ?? "";

  function put(album: Album | undefined) {
    if (!album) return;
    // The pieces are read before the dialog closes, because `props.trackIds` is gone afterwards.
    const moving = tracks();
    dialog.close();
    void moveTracks(library, moving, album);
  }

  return (
    <dialog
      ref={(element) => {
        dialog = element;
        openModal(element);
      }}
      class="help"
      aria-labelledby="album-dialog"
      onClose={() => pickAlbum(undefined)}
    >
      <h2 id="album-dialog">
        {isOne()
          ? t("Put “{title}” in an album", { title: title() })
          : plural(props.trackIds.length, "Put 1 piece in an album", "Put {n} pieces in an album")}
      </h2>
      <Show when={albums.state() === "failed"}>
        <p class="empty">
          {t("Your albums could not be loaded.")}{" "}
          <button class="link" type="button" onClick={() => void albums.load()}>
            {t("Try again")}
          </button>
        </p>
      </Show>
      <ul class="albums">
        <For each={albums.items().filter((one) => !isOne() || one.id !== tracks()[0]?.projectId)}>
          {(album) => (
            <li>
              <button class="name" type="button" onClick={() => put(album)}>
                <span class="name-text" dir="auto">
                  {album.name}
                </span>
              </button>
            </li>
          )}
        </For>
      </ul>
      <form
        class="new-album"
        onSubmit={(event) => {
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get("name")).trim();
          if (name) void albums.create(name).then(put);
        }}
      >
        <input
          name="name"
          required
          maxlength="200"
          aria-label={t("Name of the new album")}
          placeholder={t("New album")}
        />
        <button class="solid" type="submit">
          {t("Create")}
        </button>
      </form>
      <form method="dialog">
        <button class="link quiet" type="submit">
          {t("Cancel")}
        </button>
      </form>
    </dialog>
  );
}
