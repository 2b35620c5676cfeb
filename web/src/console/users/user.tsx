// Shows one user, whose data can be exported and erased.
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
import { type ListedUser, pathOf } from "./listed-user.ts";

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
      title: "Erase this user for good?",
      text: "The account, all pieces and their sound are removed, and no backup brings them back. Nothing can undo this.",
      name: props.userId,
      does: "Erase the user",
      act: async () => setErasure(await call<Erasure>("DELETE", at(path(), props.of))),
    });

  return (
    <section aria-labelledby="user">
      <p>
        <a class="link" href={hrefOf(...pathOf(props.of))}>
          All users
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
        <h2 id="user">{known.user.email ?? known.user.userId}</h2>
        <dl class="pairs">
          <dt>Id</dt>
          <dd>
            <code>{known.user.userId}</code>
          </dd>
          <dt>Kind</dt>
          <dd>{known.user.kind}</dd>
          <dt>Since</dt>
          <dd>{time(known.user.createdAt)}</dd>
          <dt>Pieces</dt>
          <dd>{number(known.user.tracks)}</dd>
          <dt>Open sessions</dt>
          <dd>{number(known.user.openSessions)}</dd>
          <Show when={known.user.deleteAfter}>
            {(at) => (
              <>
                <dt>Deleted by the user</dt>
                <dd>erased at {time(at())}, unless the user restores the account</dd>
              </>
            )}
          </Show>
        </dl>
        <div class="choices">
          <button class="chip" type="button" onClick={() => void save()}>
            Export as JSON
          </button>
          <Show when={props.of && known.user.email}>
            {(email) => (
              <button class="chip" type="button" onClick={() => void makeResetLink(email())}>
                Make a link for a new password
              </button>
            )}
          </Show>
          <button class="fatal" type="button" onClick={erase}>
            Erase…
          </button>
        </div>
        <Show when={link()}>
          <Secret what="The link, which works once and for 30 minutes," value={link()} />
        </Show>
      </>
    );
  }
}

const Receipt = (props: { readonly of: Erasure }) => (
  <div role="status">
    <h2 id="user">The user is erased</h2>
    <dl class="pairs">
      <dt>User</dt>
      <dd>
        <code>{props.of.userId}</code>
      </dd>
      <dt>At</dt>
      <dd>{time(props.of.deletedAt)}</dd>
      <dt>Removed</dt>
      <dd>
        {number(props.of.projectCount)} projects, {number(props.of.trackCount)} tracks,{" "}
        {number(props.of.versionCount)} versions, {number(props.of.generationCount)} generations
      </dd>
    </dl>
    <button class="chip" type="button" onClick={() => saveFile(`erasure-${props.of.userId}.json`, props.of)}>
      Save the receipt
    </button>
  </div>
);
