// Shows the dialog that creates and removes the link to a piece or an album.
import { createSignal, onMount, Show } from "solid-js";
import { type ShareLinks, shareLink } from "../api/albums-api.ts";
import { openModal } from "../shell/modal.ts";
import { noticeError } from "../shell/notices.ts";
import type { ThingRef } from "../api/wire.ts";
import { t } from "../i18n/translate.ts";

interface ShareDialogProps {
  thing: ThingRef;
  title: string;
  onClose(): void;
}

export default function ShareDialog(props: ShareDialogProps) {
  const [links, setLinks] = createSignal<ShareLinks>();
  const [said, setSaid] = createSignal("");
  const ask = (method: "GET" | "PUT" | "DELETE") =>
    shareLink(method, props.thing).then(setLinks, noticeError);
  onMount(() => void ask("GET"));
  const absolute = (address: string | null | undefined) => new URL(address ?? "", location.href).href;
  const url = () => absolute(links()?.url);
  const frame = () =>
    `<iframe src="${absolute(links()?.embedUrl)}" width="480" height="170" style="border:0" title="${t("Music")}"></iframe>`;

  async function give() {
    if (navigator.share && matchMedia("(pointer: coarse)").matches)
      return navigator.share({ title: props.title, url: url() }).catch(() => undefined);
    await copy(url(), t("The link is copied."));
  }
  const copy = (text: string, words: string) =>
    navigator.clipboard.writeText(text).then(
      () => setSaid(words),
      () => setSaid(t("The browser did not allow copying. Select the text and copy it.")),
    );

  return (
    <dialog ref={openModal} class="help" aria-labelledby="share" onClose={() => props.onClose()}>
      <h2 id="share">{t("Share “{title}”", { title: props.title })}</h2>
      <Show
        when={links()?.url}
        fallback={
          <>
            <p class="empty">
              {t(
                "This is private. If you make a link, everyone who has the link can listen until you end it.",
              )}
            </p>
            <button class="solid" type="button" disabled={!links()} onClick={() => void ask("PUT")}>
              {t("Make a link")}
            </button>
          </>
        }
      >
        <label>
          <span class="differ">{t("Everyone with this link can listen")}</span>
          <input dir="ltr" readonly value={url()} onFocus={(event) => event.currentTarget.select()} />
        </label>
        <div class="piece-acts">
          <button class="solid" type="button" onClick={() => void give()}>
            {t("Share the link")}
          </button>
          <button
            class="link"
            type="button"
            onClick={() => void copy(frame(), t("The player’s HTML is copied."))}
          >
            {t("Copy a player for a web page")}
          </button>
          <button class="link danger" type="button" onClick={() => void ask("DELETE")}>
            {t("End the link")}
          </button>
        </div>
      </Show>
      <p class="differ" role="status">
        {said()}
      </p>
      <form method="dialog">
        <button class="link quiet" type="submit">
          {t("Close")}
        </button>
      </form>
    </dialog>
  );
}
