// Shows the dialog that puts pieces in an album, or in a new one.
import { For, onMount } from "solid-js";
import { moveTrack } from "../lib/albums-api.ts";
import { openModal } from "../lib/modal.ts";
import { notice, noticeError } from "../lib/notices.ts";
import type { Album } from "../lib/wire.ts";
import { createAlbums } from "../library/create-albums.ts";
import { useLibrary } from "../studio.tsx";
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

  async function move(moves: readonly { readonly id: string; readonly projectId: string }[]) {
    for (const { id, projectId } of moves) await moveTrack(id, projectId);
    await library.load();
  }

  async function put(album: Album | undefined) {
    if (!album) return;
    // The pieces are read before they move, because the dialog and its list are gone afterwards.
    const before = tracks().map(({ id, projectId }) => ({ id, projectId }));
    const words = isOne()
      ? t("“{title}” is in the album “{album}”.", { title: title(), album: album.name })
      : t("{n} pieces are in the album “{album}”.", { n: before.length, album: album.name });
    dialog.close();
    try {
      await move(before.map(({ id }) => ({ id, projectId: album.id })));
      notice(words, undefined, { label: "Undo", run: () => void move(before).catch(noticeError) });
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
      <h2 id="album-dialog">
        {isOne()
          ? t("Put “{title}” in an album", { title: title() })
          : plural(props.trackIds.length, "Put 1 piece in an album", "Put {n} pieces in an album")}
      </h2>
      <ul class="albums">
        <For each={albums.items().filter((one) => !isOne() || one.id !== tracks()[0]?.projectId)}>
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
