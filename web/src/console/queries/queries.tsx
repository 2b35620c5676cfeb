// Shows the named queries of a business, each with its SQL. A person who signed in with a key of the business also gets
// a form to try a query.
import { createMemo, createSignal, For, Show } from "solid-js";
import { at, call, key } from "../client.ts";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import type { NamedQuery } from "./named-query.ts";
import { Try } from "./try.tsx";
import { t } from "../../i18n/translate.ts";
import { said } from "../parts/said.ts";

export default function Queries(props: { readonly of?: string }) {
  const list = createReading(() =>
    call<{ items: readonly NamedQuery[] }>("GET", at("/v1/manage/queries", props.of)),
  );
  const [text, setText] = createSignal("");
  const matches = createMemo(() => {
    const wanted = text().trim().toLowerCase();
    return (list.value()?.items ?? []).filter(({ name, summary }) =>
      `${name} ${summary}`.toLowerCase().includes(wanted),
    );
  });
  return (
    <section aria-labelledby="queries">
      <h2 id="queries">{t("Queries")}</h2>
      <div class="row-form">
        <label>
          <span class="differ">{t("Name or summary")}</span>
          <input type="search" onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      </div>
      <Loaded of={list}>
        {() => (
          <For each={matches()} fallback={<p class="empty">{t("There are no such queries.")}</p>}>
            {(query) => <One query={query} of={props.of} />}
          </For>
        )}
      </Loaded>
    </section>
  );
}

function One(props: { readonly query: NamedQuery; readonly of: string | undefined }) {
  const [isOpen, setOpen] = createSignal(false);
  return (
    <details class="query" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <code>{props.query.name}</code> <bdi>{props.query.summary}</bdi>
      </summary>
      <Show when={isOpen()}>
        <p class="empty">
          <code>{props.query.method}</code> ·{" "}
          {props.query.scope === "user" ? t("of one user") : t("of the whole business")} ·{" "}
          {said(t("returns {what}"), { what: () => <code>{props.query.returns}</code> })}
          <Show when={props.query.description}>
            {(text) => (
              <>
                {" "}
                · <bdi>{text()}</bdi>
              </>
            )}
          </Show>
        </p>
        <Show
          when={key()?.kind === "business"}
          fallback={
            <p class="empty">{t("To try this query, enter the console with a key of the business.")}</p>
          }
        >
          <Try query={props.query} />
        </Show>
        <Sql name={props.query.name} of={props.of} />
      </Show>
    </details>
  );
}

function Sql(props: { readonly name: string; readonly of: string | undefined }) {
  const sql = createReading(() =>
    call<{ engine: string; sql: string }>("GET", at(`/v1/manage/queries/${props.name}/sql`, props.of)),
  );
  return (
    <Loaded of={sql}>
      {(found) => (
        <>
          <h3>{t("SQL on {engine}", { engine: found().engine === "sqlite" ? "SQLite" : "Postgres" })}</h3>
          <pre tabindex="0">{found().sql}</pre>
        </>
      )}
    </Loaded>
  );
}
