// Shows the dialog that puts a piece in an album, or in a new one.
import { For, onMount } from "solid-js";
import { moveTrack } from "../lib/albums-api.ts";
import { openModal } from "../lib/modal.ts";
import { notice, noticeError } from "../lib/notices.ts";
import type { Album } from "../lib/wire.ts";
import { createAlbums } from "../library/create-albums.ts";
import { useLibrary } from "../studio.tsx";
import { pickAlbum } from "./pick-album.ts";
import "./albums.css";
import { t } from "../i18n/translate.ts";

export default function AlbumDialog(props: { trackId: string }) {
  const library = useLibrary();
  const albums = createAlbums();
  let dialog!: HTMLDialogElement;
  onMount(() => void albums.load());
  const track = () => library.get(props.trackId);

  async function put(album: Album | undefined) {
    if (!album) return;
    const { title = "", projectId } = track() ?? {};
    dialog.close();
    try {
      await moveTrack(props.trackId, album.id);
      await library.load();
      notice(t("“{title}” is in the album “{album}”.", { title, album: album.name }), undefined, {
        label: "Undo",
        run: () => void moveTrack(props.trackId, projectId ?? "").then(() => library.load(), noticeError),
      });
    } catch (err) {
      noticeError(err);
    }
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
      <h2 id="album-dialog">{t("Put “{title}” in an album", { title: track()?.title ?? "" })}</h2>
      <ul class="albums">
        <For each={albums.items().filter((one) => one.id !== track()?.projectId)}>
          {(album) => (
            <li>
              <button class="name" type="button" onClick={() => void put(album)}>
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
        <button class="link" type="submit">
          {t("Cancel")}
        </button>
      </form>
    </dialog>
  );
}
