// Compares the two takes of a prompt, A and B. A press on the other take switches to it at the current
// position. The take that is not current can be moved to the trash. The takes are shown only while both exist and one
// of them is current.
import { createMemo, For, Show } from "solid-js";
import { t } from "../i18n/translate.ts";
import { useTrash } from "../library/use-trash.ts";
import { useLibrary, useMaking, usePlayer } from "../studio.tsx";
import "./takes.css";

export default function Takes() {
  const library = useLibrary();
  const listening = usePlayer();
  const making = useMaking();
  const trash = useTrash();
  const takes = createMemo(() => making.takes().flatMap((id) => library.get(id) ?? []));
  const other = () => takes().find((one) => !listening.isCurrent(one.id));

  return (
    <Show when={takes().length === 2 && takes().some((one) => listening.isCurrent(one.id))}>
      <div class="takes">
        <fieldset class="compare">
          <legend class="unseen">{t("Compare two takes at the same position")}</legend>
          <For each={takes()}>
            {(one, index) => (
              <button
                type="button"
                aria-pressed={listening.isCurrent(one.id)}
                title={one.title}
                onClick={() => listening.hearTake(one)}
              >
                {t(index() ? "Take B" : "Take A")}
              </button>
            )}
          </For>
        </fieldset>
        <button
          class="link quiet"
          type="button"
          onClick={() => void trash.put({ kind: "track", id: other()!.id }, other()!.title)}
        >
          {t("Keep only this take")}
        </button>
      </div>
    </Show>
  );
}
