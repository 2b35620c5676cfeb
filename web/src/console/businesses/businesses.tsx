// Shows the businesses with a form to create one, and the page of one business.
import { createMemo, createSignal, Show } from "solid-js";
import { go, hrefOf, parts } from "../address.ts";
import { call } from "../client.ts";
import { Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { day } from "../parts/words.ts";
import type { Business } from "./business.ts";
import { BusinessPage } from "./business-page.tsx";

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
      <h2 id="businesses">Businesses</h2>
      <Form does="Create" send={create}>
        <Field
          label="Short name, as in addresses"
          name="slug"
          required
          hint="2 to 40 of a–z, 0–9 and -"
          placeholder="acme"
        />
        <Field label="Name" name="name" maxlength={200} />
      </Form>
      <div class="row-form">
        <label>
          <span class="differ">Search</span>
          <input type="search" onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      </div>
      <Loaded of={list}>
        {() => (
          <Table
            caption="Businesses"
            rows={matches().slice(0, SHOWN_MAX)}
            empty="There are no such businesses."
            columns={[
              {
                head: "Short name",
                cell: ({ slug }) => (
                  <a class="name" href={hrefOf("businesses", slug)}>
                    {slug}
                  </a>
                ),
              },
              { head: "Name", cell: ({ name }) => name },
              { head: "Database", cell: ({ engine }) => engine },
              { head: "State", cell: ({ state }) => <span data-state={state}>{state}</span> },
              { head: "Since", cell: ({ createdAt }) => day(createdAt) },
            ]}
          />
        )}
      </Loaded>
      <Show when={matches().length > SHOWN_MAX}>
        <p class="empty">
          The first {SHOWN_MAX} of {matches().length} are shown. Search for others.
        </p>
      </Show>
    </section>
  );
}

const SHOWN_MAX = 200;
