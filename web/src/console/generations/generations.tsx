// Shows a searchable list of the generations of a business, or one generation with its events.
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
import { t } from "../../i18n/translate.ts";

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
  /** The value of the parameter `before` for each page from the second to the shown page. Empty on the first page. */
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
      <h2 id="generations">{t("Generations")}</h2>
      <Form does={t("Search")} keeps send={look}>
        <Choice label={t("State")} name="state" of={states()} />
        <Field label={t("User")} name="userId" />
        <Field label={t("Text or id")} name="text" type="search" />
        <Field label={t("From")} name="from" type="datetime-local" />
        <Field label={t("To")} name="to" type="datetime-local" />
      </Form>
      <Loaded of={found}>
        {(page) => (
          <>
            <Table
              caption={t("Generations")}
              rows={page().items}
              empty={
                page().next
                  ? t("No matches on this page. Older pages may have some.")
                  : t("There are no such generations.")
              }
              columns={[
                {
                  head: t("Piece"),
                  cell: (one) => (
                    <a class="name" href={hrefOf(...pathOf(props.of), one.requestId)}>
                      <bdi>{one.title}</bdi>
                    </a>
                  ),
                },
                { head: t("State"), cell: (one) => <State of={one.state} /> },
                { head: t("User"), cell: (one) => <code>{one.userId}</code> },
                { head: t("Requested"), cell: (one) => time(one.createdAt) },
                { head: t("Took"), cell: took },
                { head: t("Generator"), cell: (one) => one.madeBy ?? one.generator ?? "" },
                { head: t("Reason"), cell: (one) => one.reason ?? "" },
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
