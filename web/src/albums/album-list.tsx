// Shows the user's albums, and a form that creates an album.
import { For, Match, onCleanup, onMount, Show, Switch } from "solid-js";
import { at } from "../address/at.ts";
import { albumAddress, follow, go } from "../address/address.ts";
import { createAlbums } from "../library/create-albums.ts";
import { useLibrary } from "../studio.tsx";
import "./albums.css";
import { plural, t } from "../i18n/translate.ts";

export default function AlbumList() {
  const albums = createAlbums();
  const library = useLibrary();
  onMount(() => void albums.load());
  // The list is loaded again after each change of the library in this tab, such as the deletion of an album.
  onCleanup(library.changed.on(() => void albums.load()));

  async function create(form: HTMLFormElement) {
    const name = String(new FormData(form).get("name")).trim();
    const album = name && (await albums.create(name));
    if (album) go(albumAddress(album.id));
  }

  return (
    <section class="library" aria-label={t("Albums")}>
      <nav>
        <a class="link quiet" href={at("/")} onClick={follow}>
          {t("‹ Your pieces")}
        </a>
      </nav>
      <header>
        <h2>{t("Albums")}</h2>
      </header>
      <form
        class="new-album"
        onSubmit={(event) => {
          event.preventDefault();
          void create(event.currentTarget);
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
      <Switch>
        <Match when={albums.state() === "failed"}>
          <p class="empty">
            {t("Your albums could not be loaded.")}{" "}
            <button class="link" type="button" onClick={() => void albums.load()}>
              {t("Try again")}
            </button>
          </p>
        </Match>
        <Match when={albums.state() === "ready" && !albums.items().length}>
          <p class="empty">
            {t("No albums yet. An album keeps pieces together, under a name, to play and download as one.")}
          </p>
        </Match>
      </Switch>
      <ul class="albums">
        <For each={albums.items()}>
          {(album) => (
            <li>
              <a class="name" href={albumAddress(album.id)} onClick={follow}>
                <span class="name-text" dir="auto">
                  {album.name}
                </span>
                <span class="facts">{plural(album.trackCount, "1 piece", "{n} pieces")}</span>
              </a>
            </li>
          )}
        </For>
      </ul>
      <Show when={albums.hasMore()}>
        <button class="link next-page" type="button" onClick={() => void albums.more()}>
          {t("Show more")}
        </button>
      </Show>
      <Show when={library.state() === "failed"}>
        <p class="empty">{t("Your pieces could not be loaded.")}</p>
      </Show>
    </section>
  );
}
