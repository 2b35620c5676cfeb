// Shows the list of the user's pieces, with controls for search, order, filter and selection. The code of the list is
// loaded after the first view of the page was shown.
import { createEffect, For, on, onCleanup, onMount, Show } from "solid-js";
import { at } from "../address/at.ts";
import { follow } from "../address/address.ts";
import type { ListOrder } from "../api/api.ts";
import { useLibrary } from "../studio.tsx";
import { createSelection } from "./create-selection.ts";
import { Rows } from "./rows.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { t } from "../i18n/translate.ts";

const orders: readonly (readonly [ListOrder, string])[] = [
  ["createdAt.desc", "Newest first"],
  ["title.asc", "By name"],
  ["length.desc", "Longest first"],
  ["likedAt.desc", "Liked first"],
];

export default function TrackList() {
  const library = useLibrary();
  const isEmpty = () => library.items().length === 0;
  const selection = createSelection();
  const nothing = () =>
    library.search()
      ? t("No pieces match “{text}”.", { text: library.search() })
      : t("You have not liked a piece yet.");
  let section!: HTMLElement;

  return (
    <section class="library" aria-label={t("Your pieces")} tabindex="-1" ref={section}>
      <header>
        <h2>{t("Your pieces")}</h2>
        <a class="link quiet" href={at("/albums")} onClick={follow}>
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
      <Show when={selection.isOpen()} fallback={<Wishes onSelect={selection.open} />}>
        <SelectionBar selection={selection} />
      </Show>
      <Show when={!isEmpty()} fallback={<p class="empty">{nothing()}</p>}>
        <Rows
          tracks={library.items()}
          selection={selection}
          onDeleted={() => section.focus({ preventScroll: true })}
        />
      </Show>
      <Show when={library.hasMore()}>
        <More count={library.items().length} onMore={() => void library.more()} />
      </Show>
    </section>
  );
}

/** Shows the choice of the order, the filter for liked pieces, and the button that begins a selection. */
function Wishes(props: { onSelect(): void }) {
  const library = useLibrary();
  return (
    <div class="list-wishes">
      <select
        aria-label={t("Order")}
        onChange={(event) => library.orderBy(event.currentTarget.value as ListOrder)}
      >
        <For each={orders}>
          {([order, words]) => (
            <option value={order} selected={library.order() === order}>
              {t(words)}
            </option>
          )}
        </For>
      </select>
      <button
        class="link quiet"
        type="button"
        aria-pressed={library.isLikedOnly()}
        onClick={() => library.showLikedOnly(!library.isLikedOnly())}
      >
        {t("Liked only")}
      </button>
      <button class="link quiet" type="button" onClick={() => props.onSelect()}>
        {t("Select")}
      </button>
    </div>
  );
}

/**
 * A button that loads the next page of the list when a person presses the button or scrolls to less
 * than 600 px above it.
 */
function More(props: { count: number; onMore(): void }) {
  let button!: HTMLButtonElement;
  onMount(() => {
    // The observer can report several changes together. The last one is the present state.
    const seen = new IntersectionObserver((entries) => entries.at(-1)!.isIntersecting && props.onMore(), {
      rootMargin: "600px",
    });
    // After a page was added to the list, the button is observed again, so that the observer
    // reports whether the button is still near.
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
