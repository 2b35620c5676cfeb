// Shows the console: the sign-in form, and a page for each subject that the key gives access to.
import { createSignal, For, lazy, Show, Suspense, Switch, Match } from "solid-js";
import { ApiError } from "../lib/send.ts";
import { Mark } from "../shell/mark.tsx";
import Notices from "../shell/notices.tsx";
import { createOnline } from "../lib/create-online.ts";
import { enter, key, leave, type Role } from "./client.ts";

const Today = lazy(() => import("./today.tsx"));
const Businesses = lazy(() => import("./businesses.tsx"));
const Jobs = lazy(() => import("./jobs.tsx"));
const Queries = lazy(() => import("./queries.tsx"));
const Users = lazy(() => import("./users.tsx"));

const pagesOf: Readonly<Record<Role, readonly string[]>> = {
  operator: ["Today", "Businesses", "Queues"],
  business: ["Today", "Users", "Queries"],
};

export function Console() {
  const online = createOnline();
  const [page, setPage] = createSignal("Today");

  return (
    <div class="page console">
      <header class="top">
        <h1>
          <a href="/">
            <Mark />
            Rondo
          </a>
          <span class="facts">Console</span>
        </h1>
        <Show when={key()}>
          <button class="link" type="button" onClick={leave}>
            Forget the key
          </button>
        </Show>
      </header>
      <Show when={key()} fallback={<Door />}>
        {(entered) => (
          <>
            <nav class="pages" aria-label="Console">
              <For each={pagesOf[entered().role]}>
                {(name) => (
                  <button
                    type="button"
                    aria-current={page() === name ? "page" : undefined}
                    onClick={() => setPage(name)}
                  >
                    {name}
                  </button>
                )}
              </For>
            </nav>
            <main class="console-main">
              <Suspense fallback={<p class="empty">Loading…</p>}>
                <Switch fallback={<Today />}>
                  <Match when={page() === "Businesses"}>
                    <Businesses />
                  </Match>
                  <Match when={page() === "Queues"}>
                    <Jobs />
                  </Match>
                  <Match when={page() === "Queries"}>
                    <Queries />
                  </Match>
                  <Match when={page() === "Users"}>
                    <Users />
                  </Match>
                </Switch>
              </Suspense>
            </main>
          </>
        )}
      </Show>
      <div class="foot">
        <Notices online={online()} />
      </div>
    </div>
  );
}

function Door() {
  const [refusal, setRefusal] = createSignal("");
  const [busy, setBusy] = createSignal(false);

  async function open(form: HTMLFormElement) {
    setBusy(true);
    setRefusal("");
    await enter(String(new FormData(form).get("key")).trim()).catch((err: unknown) => {
      const isRefused = err instanceof ApiError && (err.status === 401 || err.status === 403);
      setRefusal(isRefused ? "This key opens nothing here." : (err as Error).message);
    });
    setBusy(false);
  }

  return (
    <main class="door">
      <h2>Enter with a key</h2>
      <p class="empty">
        The operator’s key was shown when this Rondo started for the first time. A business uses one of its
        own keys. It stays in this tab, and is forgotten when the tab is closed.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void open(event.currentTarget);
        }}
      >
        <label>
          <span class="differ">Key</span>
          <input name="key" type="password" required autocomplete="off" spellcheck={false} />
        </label>
        <p class="refusal" role="alert">
          {refusal()}
        </p>
        <button class="solid" type="submit" disabled={busy()}>
          Enter
        </button>
      </form>
    </main>
  );
}
