// Shows the list of businesses with a form that creates a business, or the page of a single business.
import { createMemo, createSignal, Show } from "solid-js";
import { go, hrefOf, parts } from "../address.ts";
import { call } from "../client.ts";
import { Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { day } from "../parts/words.ts";
import { type Business, businessState } from "./business.ts";
import { BusinessPage } from "./business-page.tsx";
import { t } from "../../i18n/translate.ts";

export default function Businesses() {
  return (
    <Show when={parts()[1]} keyed fallback={<List />}>
      {(slug) => <BusinessPage slug={slug} />}
    </Show>
  );
}

function List() {
  const list = createReading(() => call<{ items: readonly Business[] }>("GET", "/v1/businesses"));
  const [text, setText] = createSignal("");
  const matches = createMemo(() => {
    const wanted = text().trim().toLowerCase();
    return (list.value()?.items ?? []).filter(({ slug, name }) =>
      `${slug} ${name}`.toLowerCase().includes(wanted),
    );
  });
  async function create({ slug = "", name = "" }: Values) {
    await call("POST", "/v1/businesses", { slug, ...(name ? { name } : {}) });
    go("businesses", slug);
  }
  return (
    <section aria-labelledby="businesses">
      <h2 id="businesses">{t("Businesses")}</h2>
      <Form does={t("Create")} send={create}>
        <Field
          label={t("Short name, as in addresses")}
          name="slug"
          required
          hint={t("2 to 40 of a–z, 0–9 and -")}
          placeholder="acme"
        />
        <Field label={t("Name")} name="name" maxlength={200} />
      </Form>
      <div class="row-form">
        <label>
          <span class="differ">{t("Search")}</span>
          <input type="search" onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      </div>
      <Loaded of={list}>
        {() => (
          <Table
            caption={t("Businesses")}
            rows={matches().slice(0, SHOWN_MAX)}
            empty={t("There are no such businesses.")}
            columns={[
              {
                head: t("Short name"),
                cell: ({ slug }) => (
                  <a class="name" href={hrefOf("businesses", slug)}>
                    {slug}
                  </a>
                ),
              },
              { head: t("Name"), cell: ({ name }) => name },
              { head: t("Database"), cell: ({ engine }) => engine },
              {
                head: t("State"),
                cell: ({ state }) => <span data-state={state}>{businessState(state)}</span>,
              },
              { head: t("Since"), cell: ({ createdAt }) => day(createdAt) },
            ]}
          />
        )}
      </Loaded>
      <Show when={matches().length > SHOWN_MAX}>
        <p class="empty">
          {t("The first {shown} of {n} are shown. Search for others.", {
            shown: SHOWN_MAX,
            n: matches().length,
          })}
        </p>
      </Show>
    </section>
  );
}

const SHOWN_MAX = 200;
