// Shows the trash, where deleted items can be restored, or deleted for good after a second press.
import { createSignal, For, onMount, Show } from "solid-js";
import { at } from "../address/at.ts";
import { follow } from "../address/address.ts";
import type { Deletion } from "../api/wire.ts";
import type { Trash } from "../library/create-trash.ts";
import { useTrash } from "../library/use-trash.ts";
import "./trash-page.css";
import { locale, t } from "../i18n/translate.ts";

export default function TrashPage() {
  const trash = useTrash();
  let heading!: HTMLHeadingElement;
  onMount(() => void trash.load());
  const act = async (run: Promise<void>) => {
    await run;
    // A successful action removes the item. The pressed button is in this item, so another element must get the focus.
    heading.focus();
  };

  return (
    <section class="library trash" aria-label={t("Trash")}>
      <nav>
        <a class="link quiet" href={at("/")} onClick={follow}>
          {t("‹ Your pieces")}
        </a>
      </nav>
      <header>
        <h2 tabindex="-1" ref={heading}>
          {t("Trash")}
        </h2>
      </header>
      <Show when={trash.state() !== "failed"} fallback={<Failed trash={trash} />}>
        <ul>
          <For each={trash.items()}>
            {(deletion) => (
              <Thrown
                deletion={deletion}
                onRestore={() => void act(trash.restore(deletion))}
                onPurge={() => void act(trash.purge(deletion))}
              />
            )}
          </For>
        </ul>
        <Show when={trash.state() === "ready" && !trash.items().length}>
          <p class="empty">{t("The trash is empty. Deleted pieces can be restored for a while.")}</p>
        </Show>
        <Show when={trash.hasMore()}>
          <button class="link" type="button" onClick={() => void trash.more()}>
            {t("Show more")}
          </button>
        </Show>
      </Show>
    </section>
  );
}

function Failed(props: { trash: Trash }) {
  return (
    <p class="empty">
      {t("The trash could not be read.")}{" "}
      <button class="link" type="button" onClick={() => void props.trash.load()}>
        {t("Try again")}
      </button>
    </p>
  );
}

function Thrown(props: { deletion: Deletion; onRestore(): void; onPurge(): void }) {
  const [isSure, setSure] = createSignal(false);
  let doubt: HTMLButtonElement | undefined;
  let purge!: HTMLButtonElement;
  const doubtful = () => {
    const { kind, title, versionCount } = props.deletion;
    return kind === "version" || versionCount === 1
      ? t("Delete “{title}” and the audio forever?", { title })
      : t("Delete “{title}”, its {n} versions and the audio forever?", { title, n: versionCount });
  };
  const lastDay = () =>
    new Date(props.deletion.purgeAfter).toLocaleDateString(locale(), { day: "numeric", month: "long" });

  return (
    <li>
      <p>
        <span class="name-text" dir="auto">
          {props.deletion.title}
        </span>
        <span class="count">{t("kept until {day}", { day: lastDay() })}</span>
      </p>
      <Show
        when={isSure()}
        fallback={
          <div>
            <button
              class="link"
              type="button"
              aria-label={t("Restore {title}", { title: props.deletion.title })}
              onClick={() => props.onRestore()}
            >
              {t("Restore")}
            </button>
            <button
              ref={purge}
              class="link quiet"
              type="button"
              aria-label={t("Delete for good: {title}", { title: props.deletion.title })}
              onClick={() => {
                setSure(true);
                doubt?.focus();
              }}
            >
              {t("Delete for good")}
            </button>
          </div>
        }
      >
        <div role="alert">{doubtful()}</div>
        <div>
          <button
            ref={doubt}
            class="link"
            type="button"
            onClick={() => {
              setSure(false);
              purge.focus();
            }}
          >
            {t("Keep it")}
          </button>
          <button class="link danger" type="button" onClick={() => props.onPurge()}>
            {t("Delete forever")}
          </button>
        </div>
      </Show>
    </li>
  );
}
