// Shows the console: the form for a key, or the views that the key gives access to.
import { type Component, createMemo, lazy, Show, Suspense } from "solid-js";
import { Dynamic } from "solid-js/web";
import { Mark } from "../shell/mark.tsx";
import Notices from "../shell/notices.tsx";
import { createOnline } from "../signals/create-online.ts";
import { hrefOf, parts } from "./address.ts";
import { key, type KeyHolder, leave } from "./client.ts";
import { Door } from "./door.tsx";
import { type Tab, Tabs } from "./parts/tabs.tsx";
import { ConfirmDialog } from "./parts/confirm.tsx";

interface View extends Tab {
  readonly view: Component;
}

const queries = lazy(() => import("./queries/queries.tsx"));
const viewsOf: Readonly<Record<KeyHolder["kind"], readonly View[]>> = {
  operator: [
    { at: "today", name: "Today", view: lazy(() => import("./today/operator-today.tsx")) },
    { at: "businesses", name: "Businesses", view: lazy(() => import("./businesses/businesses.tsx")) },
    { at: "queues", name: "Queues", view: lazy(() => import("./queues/queues.tsx")) },
    { at: "generators", name: "Generators", view: lazy(() => import("./generators/generators.tsx")) },
    { at: "fleet", name: "Databases", view: lazy(() => import("./fleet/fleet.tsx")) },
    { at: "commands", name: "Commands", view: lazy(() => import("./commands/commands.tsx")) },
  ],
  business: [
    { at: "today", name: "Today", view: lazy(() => import("./today/business-today.tsx")) },
    { at: "generations", name: "Generations", view: lazy(() => import("./generations/generations.tsx")) },
    { at: "users", name: "Users", view: lazy(() => import("./users/users.tsx")) },
    { at: "usage", name: "Usage", view: lazy(() => import("./usage/usage.tsx")) },
    { at: "queries", name: "Queries", view: queries },
    { at: "webhooks", name: "Webhooks", view: lazy(() => import("./webhooks/webhooks.tsx")) },
  ],
};

export function Console() {
  const online = createOnline();
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
              ? `Console of ${key()?.business?.name || key()?.business?.slug}`
              : "Console"}
          </span>
        </h1>
        <Show when={key()}>
          <button class="link" type="button" onClick={() => leave()}>
            Forget the key
          </button>
        </Show>
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
      <Tabs label="Console" of={props.of} shown={shown()} hrefOf={({ at }) => hrefOf(at)} />
      <main class="console-main">
        <Suspense fallback={<p class="empty">Loading…</p>}>
          <Dynamic component={shown().view} />
        </Suspense>
      </main>
    </>
  );
}
