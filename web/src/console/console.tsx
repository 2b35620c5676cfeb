// Shows the console. Without a key, it shows the form in which a person enters a key. With a key,
// it shows the views for this kind of key.
import { type Component, createEffect, createMemo, lazy, Show, Suspense } from "solid-js";
import { Dynamic } from "solid-js/web";
import { Mark } from "../shell/mark.tsx";
import Notices from "../shell/notices.tsx";
import { createOnline } from "../signals/create-online.ts";
import { hrefOf, parts } from "./address.ts";
import { key, type KeyHolder, leave } from "./client.ts";
import { Door } from "./door.tsx";
import { LanguageChoice } from "./parts/language-choice.tsx";
import { type Tab, Tabs } from "./parts/tabs.tsx";
import { ConfirmDialog } from "./parts/confirm.tsx";
import { t } from "../i18n/translate.ts";

interface View extends Tab {
  readonly view: Component;
}

const queries = lazy(() => import("./queries/queries.tsx"));
const viewsOf: Readonly<Record<KeyHolder["kind"], readonly View[]>> = {
  operator: [
    { at: "today", name: () => t("Overview"), view: lazy(() => import("./today/operator-today.tsx")) },
    {
      at: "businesses",
      name: () => t("Businesses"),
      view: lazy(() => import("./businesses/businesses.tsx")),
    },
    { at: "queues", name: () => t("Queues"), view: lazy(() => import("./queues/queues.tsx")) },
    {
      at: "generators",
      name: () => t("Generators"),
      view: lazy(() => import("./generators/generators.tsx")),
    },
    { at: "fleet", name: () => t("Databases"), view: lazy(() => import("./fleet/fleet.tsx")) },
    { at: "commands", name: () => t("Commands"), view: lazy(() => import("./commands/commands.tsx")) },
  ],
  business: [
    { at: "today", name: () => t("Today"), view: lazy(() => import("./today/business-today.tsx")) },
    {
      at: "generations",
      name: () => t("Generations"),
      view: lazy(() => import("./generations/generations.tsx")),
    },
    { at: "users", name: () => t("Users"), view: lazy(() => import("./users/users.tsx")) },
    { at: "usage", name: () => t("Usage"), view: lazy(() => import("./usage/usage.tsx")) },
    { at: "queries", name: () => t("Queries"), view: queries },
    { at: "webhooks", name: () => t("Webhooks"), view: lazy(() => import("./webhooks/webhooks.tsx")) },
  ],
};

export function Console() {
  const online = createOnline();
  createEffect(() => {
    document.title = `${t("Console")} · Rondo`;
  });
  return (
    <div class="page console">
      <header class="top">
        <h1>
          <a href="/">
            <Mark />
            Rondo
          </a>
          <span class="facts">
            {key()?.kind === "business"
              ? t("Console of {name}", { name: key()?.business?.name || key()?.business?.slug })
              : t("Console")}
          </span>
        </h1>
        <div class="tools">
          <LanguageChoice />
          <Show when={key()}>
            <button class="link" type="button" onClick={() => leave()}>
              {t("Forget the key")}
            </button>
          </Show>
        </div>
      </header>
      <Show when={key()} fallback={<Door />}>
        {(entered) => <Views of={viewsOf[entered().kind]} />}
      </Show>
      <div class="foot">
        <Notices online={online()} />
      </div>
      <ConfirmDialog />
    </div>
  );
}

function Views(props: { readonly of: readonly View[] }) {
  const shown = createMemo(() => props.of.find(({ at }) => at === parts()[0]) ?? props.of[0]!);
  return (
    <>
      <Tabs label={t("Console")} of={props.of} shown={shown()} hrefOf={({ at }) => hrefOf(at)} />
      <main class="console-main">
        <Suspense fallback={<p class="empty">{t("Loading…")}</p>}>
          <Dynamic component={shown().view} />
        </Suspense>
      </main>
    </>
  );
}
