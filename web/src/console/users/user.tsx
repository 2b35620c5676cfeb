// Shows one user. The user's data can be exported and erased. For a user with an email address, the operator can also
// make a link for a new password.
import { createSignal, Show } from "solid-js";
import { noticeError } from "../../shell/notices.ts";
import { hrefOf } from "../address.ts";
import { at, call } from "../client.ts";
import { confirmByName } from "../parts/confirm.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { saveFile } from "../parts/save-file.ts";
import { Secret } from "../parts/secret.tsx";
import { number, time } from "../parts/words.ts";
import { kindOf, type ListedUser, pathOf } from "./listed-user.ts";
import { plural, t } from "../../i18n/translate.ts";

interface Erasure {
  readonly userId: string;
  readonly deletedAt: string;
  readonly projectCount: number;
  readonly trackCount: number;
  readonly versionCount: number;
  readonly generationCount: number;
}

export function User(props: { readonly of: string | undefined; readonly userId: string }) {
  const path = () => `/v1/manage/users/${encodeURIComponent(props.userId)}`;
  const user = createReading(() => call<ListedUser>("GET", at(path(), props.of)));
  const [link, setLink] = createSignal("");
  const [erasure, setErasure] = createSignal<Erasure>();

  async function save() {
    const data = await call("GET", at(`${path()}/export`, props.of)).catch(noticeError);
    if (data) saveFile(`user-${props.userId}.json`, data);
  }
  async function makeResetLink(email: string) {
    const path = `/v1/businesses/${props.of}/reset-links`;
    const made = await call<{ url: string }>("POST", path, { email }).catch(noticeError);
    if (made) setLink(made.url);
  }
  const erase = () =>
    confirmByName({
      title: t("Erase this user for good?"),
      text: t(
        "The account, all pieces and their sound are removed, and no backup brings them back. Nothing can undo this.",
      ),
      name: props.userId,
      does: t("Erase the user"),
      act: async () => setErasure(await call<Erasure>("DELETE", at(path(), props.of))),
    });

  return (
    <section aria-labelledby="user">
      <p>
        <a class="link" href={hrefOf(...pathOf(props.of))}>
          {t("All users")}
        </a>
      </p>
      <Show when={erasure()} fallback={<Loaded of={user}>{(found) => <Known user={found()} />}</Loaded>}>
        {(done) => <Receipt of={done()} />}
      </Show>
    </section>
  );

  function Known(known: { readonly user: ListedUser }) {
    return (
      <>
        <h2 id="user">
          <bdi>{known.user.email ?? known.user.userId}</bdi>
        </h2>
        <dl class="pairs">
          <dt>{t("Id")}</dt>
          <dd>
            <code>{known.user.userId}</code>
          </dd>
          <dt>{t("Kind")}</dt>
          <dd>{kindOf(known.user.kind)}</dd>
          <dt>{t("Since")}</dt>
          <dd>{time(known.user.createdAt)}</dd>
          <dt>{t("Pieces")}</dt>
          <dd>{number(known.user.tracks)}</dd>
          <dt>{t("Open sessions")}</dt>
          <dd>{number(known.user.openSessions)}</dd>
          <Show when={known.user.deleteAfter}>
            {(at) => (
              <>
                <dt>{t("Deleted by the user")}</dt>
                <dd>{t("erased at {time}, unless the user restores the account", { time: time(at()) })}</dd>
              </>
            )}
          </Show>
        </dl>
        <div class="choices">
          <button class="chip" type="button" onClick={() => void save()}>
            {t("Export as JSON")}
          </button>
          <Show when={props.of && known.user.email}>
            {(email) => (
              <button class="chip" type="button" onClick={() => void makeResetLink(email())}>
                {t("Make a link for a new password")}
              </button>
            )}
          </Show>
          <button class="fatal" type="button" onClick={erase}>
            {t("Erase…")}
          </button>
        </div>
        <Show when={link()}>
          <Secret says={t("The link works once and for 30 minutes. It is shown only now:")} value={link()} />
        </Show>
      </>
    );
  }
}

const Receipt = (props: { readonly of: Erasure }) => (
  <div role="status">
    <h2 id="user">{t("The user is erased")}</h2>
    <dl class="pairs">
      <dt>{t("User")}</dt>
      <dd>
        <code>{props.of.userId}</code>
      </dd>
      <dt>{t("At")}</dt>
      <dd>{time(props.of.deletedAt)}</dd>
      <dt>{t("Removed")}</dt>
      <dd>
        {[
          plural(props.of.projectCount, "1 album", "{n} albums"),
          plural(props.of.trackCount, "1 piece", "{n} pieces"),
          plural(props.of.versionCount, "1 version", "{n} versions"),
          plural(props.of.generationCount, "1 generation", "{n} generations"),
        ].join(t(", "))}
      </dd>
    </dl>
    <button class="chip" type="button" onClick={() => saveFile(`erasure-${props.of.userId}.json`, props.of)}>
      {t("Save the receipt")}
    </button>
  </div>
);
