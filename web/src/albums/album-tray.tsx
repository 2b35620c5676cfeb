// Shows the albums at the top of the screen while pieces are dragged. This file is loaded when pieces are dragged for
// the first time.
import { createSignal, For, onMount } from "solid-js";
import { Portal } from "solid-js/web";
import { t } from "../i18n/translate.ts";
import type { Album } from "../api/wire.ts";
import { createAlbums } from "../library/create-albums.ts";
import { dragged } from "../shelf/drag-rows.ts";
import { useLibrary } from "../studio.tsx";
import { moveTracks } from "./move-tracks.ts";
import { pickAlbum } from "./pick-album.ts";
import "./album-tray.css";

export default function AlbumTray() {
  const library = useLibrary();
  const albums = createAlbums();
  onMount(() => void albums.load());
  const tracks = () => (dragged() ?? []).flatMap((id) => library.get(id) ?? []);
  /** All albums, except an album that already contains all dragged pieces. */
  const targets = () => albums.items().filter((album) => tracks().some((one) => one.projectId !== album.id));
  const fill = (album: Album) =>
    void moveTracks(
      library,
      tracks().filter((one) => one.projectId !== album.id),
      album,
    );

  return (
    <Portal>
      <section class="album-tray" aria-label={t("Drop on an album")}>
        <p>{t("Drop on an album")}</p>
        <ul>
          <For each={targets()}>{(album) => <Target name={album.name} onDrop={() => fill(album)} />}</For>
          <Target name={t("New album")} onDrop={() => pickAlbum(dragged())} />
        </ul>
      </section>
    </Portal>
  );
}

function Target(props: { name: string; onDrop(): void }) {
  const [isOver, setOver] = createSignal(false);
  return (
    <li
      classList={{ over: isOver() }}
      dir="auto"
      onDragEnter={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        props.onDrop();
      }}
    >
      {props.name}
    </li>
  );
}
