// Shows what can be done with the selected pieces: move them into an album, download them as one ZIP, or delete them.
import { Show } from "solid-js";
import { plural, t } from "../i18n/translate.ts";
import { piecesUrl } from "../api/albums-api.ts";
import { useTrash } from "../library/use-trash.ts";
import { useLibrary } from "../studio.tsx";
import type { Selection } from "./create-selection.ts";
import { pickAlbum } from "../albums/pick-album.ts";

export function SelectionBar(props: { selection: Selection }) {
  const library = useLibrary();
  const trash = useTrash();
  const ids = () => props.selection.ids();

  return (
    <fieldset class="piece-acts">
      <legend class="unseen">{t("Selected pieces")}</legend>
      <span class="facts" role="status">
        {plural(ids().length, "1 selected", "{n} selected")}
      </span>
      <button
        class="link quiet"
        type="button"
        onClick={() => props.selection.selectAll(library.items().map(({ id }) => id))}
      >
        {t("Select all")}
      </button>
      <button class="link quiet" type="button" onClick={props.selection.close}>
        {t("Done")}
      </button>
      <Show when={ids().length > 0}>
        <div class="piece-acts">
          <button class="link" type="button" onClick={() => pickAlbum(ids())}>
            {t("Put in an album…")}
          </button>
          <a class="link" href={piecesUrl(ids())} download="">
            {t("Download as ZIP")}
          </a>
          <button
            class="link danger"
            type="button"
            onClick={() => {
              void trash.putAll(ids());
              props.selection.close();
            }}
          >
            {t("Delete")}
          </button>
        </div>
      </Show>
    </fieldset>
  );
}
