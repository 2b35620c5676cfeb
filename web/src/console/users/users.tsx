// Shows the users of a business, with a form to search for users and a button to end the sessions of a user. The
// e-mail or the id of a user is a link to the view of this user (user.tsx).
import { createSignal, Show } from "solid-js";
import { notice, noticeError } from "../../shell/notices.ts";
import { hrefOf, parts } from "../address.ts";
import { at, call } from "../client.ts";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { Pages } from "../parts/pages.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { day, number } from "../parts/words.ts";
import { kindOf, type ListedUser, pathOf } from "./listed-user.ts";
import { User } from "./user.tsx";
import { plural, t } from "../../i18n/translate.ts";

const kinds = () =>
  [
    ["", t("all")],
    ["guest", t("guests")],
    ["member", t("members")],
    ["external", t("users of the business’s own sign-in")],
  ] as const;

export default function Users(props: { readonly of?: string }) {
  const chosen = () => parts()[pathOf(props.of).length];
  return (
    <Show when={chosen()} keyed fallback={<List of={props.of} />}>
      {(userId) => <User of={props.of} userId={userId} />}
    </Show>
  );
}

function List(props: { readonly of: string | undefined }) {
  const [search, setSearch] = createSignal<Values>({});
  const [pages, setPages] = createSignal<readonly string[]>([]);
  const found = createReading(
    () =>
      call<{ items: readonly ListedUser[]; next: string | null }>(
        "GET",
        at("/v1/manage/users", props.of, { ...search(), after: pages().at(-1) }),
      ),
    { when: () => [search(), pages()] },
  );
  async function endSessions({ userId }: ListedUser) {
    const path = at(`/v1/manage/users/${encodeURIComponent(userId)}/sessions`, props.of);
    const answer = await call<{ ended: number }>("DELETE", path).catch(noticeError);
    if (answer) notice(plural(answer.ended, "1 session has ended.", "{n} sessions have ended."));
    await found.again();
  }
  return (
    <section aria-labelledby="users">
      <h2 id="users">{t("Users")}</h2>
      <Form
        does={t("Search")}
        keeps
        send={async (values) => {
          setPages([]);
          setSearch(values);
        }}
      >
        <Choice label={t("Kind")} name="kind" of={kinds()} />
        <Field label={t("Start of an id or e-mail")} name="text" type="search" />
      </Form>
      <Loaded of={found}>
        {(page) => (
          <>
            <Table
              caption={t("Users")}
              rows={page().items}
              empty={t("There are no such users.")}
              columns={[
                {
                  head: t("User"),
                  cell: (one) => (
                    <a class="name" href={hrefOf(...pathOf(props.of), one.userId)}>
                      <bdi>{one.email ?? one.userId}</bdi>
                    </a>
                  ),
                },
                { head: t("Kind"), cell: ({ kind }) => kindOf(kind) },
                { head: t("Since"), cell: ({ createdAt }) => day(createdAt) },
                { head: t("Pieces"), cell: ({ tracks }) => number(tracks), isNumber: true },
                { head: t("Sessions"), cell: ({ openSessions }) => number(openSessions), isNumber: true },
                {
                  head: t("Actions"),
                  cell: (one) => (
                    <Show when={one.openSessions}>
                      <button class="link" type="button" onClick={() => void endSessions(one)}>
                        {t("End the sessions")}
                      </button>
                    </Show>
                  ),
                },
              ]}
            />
            <Pages pages={pages()} next={page().next} onPages={setPages} />
          </>
        )}
      </Loaded>
    </section>
  );
}
