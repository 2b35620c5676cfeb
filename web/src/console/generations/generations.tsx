// Shows the generations of a business with a search, and one of them with its events.
import { createSignal, Show } from "solid-js";
import { hrefOf, parts } from "../address.ts";
import { at, call } from "../client.ts";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Pages } from "../parts/pages.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { duration, time } from "../parts/words.ts";
import { Generation } from "./generation.tsx";
import { type Listed, pathOf, State, states } from "./listed.tsx";

export default function Generations(props: { readonly of?: string }) {
  const chosen = () => parts()[pathOf(props.of).length];
  return (
    <Show when={chosen()} keyed fallback={<List of={props.of} />}>
      {(requestId) => <Generation of={props.of} requestId={requestId} />}
    </Show>
  );
}

function List(props: { readonly of: string | undefined }) {
  const [search, setSearch] = createSignal<Values>({});
  /** The `before` of each page up to the shown one. */
  const [pages, setPages] = createSignal<readonly string[]>([]);
  const found = createReading(
    () =>
      call<{ items: readonly Listed[]; next: string | null }>(
        "GET",
        at("/v1/manage/generations", props.of, { ...search(), before: pages().at(-1) }),
      ),
    { when: () => [search(), pages()] },
  );
  async function look({ state, userId, text, from, to }: Values) {
    const instant = (local: string | undefined) => (local ? new Date(local).toISOString() : "");
    setPages([]);
    setSearch({ state: state!, userId: userId!, text: text!, from: instant(from), to: instant(to) });
  }
  return (
    <section aria-labelledby="generations">
      <h2 id="generations">Generations</h2>
      <Form does="Search" keeps send={look}>
        <Choice label="State" name="state" of={states} />
        <Field label="User" name="userId" />
        <Field label="Text or id" name="text" type="search" />
        <Field label="From" name="from" type="datetime-local" />
        <Field label="To" name="to" type="datetime-local" />
      </Form>
      <Loaded of={found}>
        {(page) => (
          <>
            <Table
              caption="Generations"
              rows={page().items}
              empty={
                page().next
                  ? "No matches on this page. Older pages may have some."
                  : "There are no such generations."
              }
              columns={[
                {
                  head: "Piece",
                  cell: (one) => (
                    <a class="name" href={hrefOf(...pathOf(props.of), one.requestId)}>
                      {one.title}
                    </a>
                  ),
                },
                { head: "State", cell: (one) => <State of={one.state} /> },
                { head: "User", cell: (one) => <code>{one.userId}</code> },
                { head: "Requested", cell: (one) => time(one.createdAt) },
                { head: "Took", cell: took },
                { head: "Generator", cell: (one) => one.madeBy ?? one.generator ?? "" },
                { head: "Reason", cell: (one) => one.reason ?? "" },
              ]}
            />
            <Pages pages={pages()} next={page().next} onPages={setPages} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function took({ startedAt, finishedAt }: Listed): string {
  if (startedAt === null) return "";
  return duration((finishedAt === null ? Date.now() : Date.parse(finishedAt)) - Date.parse(startedAt));
}
