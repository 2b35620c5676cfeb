// Shows the list of this person's pieces, newest first, with a search field. It is loaded after the first view.
import { createEffect, on, onCleanup, onMount, Show } from "solid-js";
import { follow } from "../lib/address.ts";
import { useLibrary } from "../studio.tsx";
import { Rows } from "./rows.tsx";
import { t } from "../i18n/translate.ts";

export default function TrackList() {
  const library = useLibrary();
  const isEmpty = () => library.items().length === 0;
  let section!: HTMLElement;

  return (
    <section class="library" aria-label={t("Your pieces")} tabindex="-1" ref={section}>
      <header>
        <h2>{t("Your pieces")}</h2>
        <a class="link quiet" href="/albums" onClick={follow}>
          {t("Albums")}
        </a>
        <input
          class="search"
          type="search"
          placeholder={t("Search")}
          aria-label={t("Search your pieces")}
          value={library.search()}
          onInput={(event) => library.searchFor(event.currentTarget.value)}
        />
      </header>
      <Show
        when={!isEmpty()}
        fallback={<p class="empty">{t("No pieces match “{text}”.", { text: library.search() })}</p>}
      >
        <Rows tracks={library.items()} onDeleted={() => section.focus({ preventScroll: true })} />
      </Show>
      <Show when={library.hasMore()}>
        <More count={library.items().length} onMore={() => void library.more()} />
      </Show>
    </section>
  );
}

/** Loads the next page when it comes into view, or when it is pressed. */
function More(props: { count: number; onMore(): void }) {
  let button!: HTMLButtonElement;
  onMount(() => {
    // The observer may report several changes at once; the last one is the present state.
    const seen = new IntersectionObserver((entries) => entries.at(-1)!.isIntersecting && props.onMore(), {
      rootMargin: "600px",
    });
    // Observing again reports whether the button is still in view after a page was added.
    createEffect(
      on(
        () => props.count,
        () => {
          seen.unobserve(button);
          seen.observe(button);
        },
      ),
    );
    onCleanup(() => seen.disconnect());
  });
  return (
    <button ref={button} class="link next-page" type="button" onClick={() => props.onMore()}>
      {t("Show more")}
    </button>
  );
}
