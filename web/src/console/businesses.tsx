// Shows the businesses, with forms to create, suspend and resume them, and to make and revoke their keys.
import { createSignal, For, Show } from "solid-js";
import { notice, noticeError } from "../lib/notices.ts";
import { type Business, type BusinessKey, call } from "./client.ts";
import { createReading } from "./reading.ts";

export default function Businesses() {
  const list = createReading(() => call<{ items: Business[] }>("GET", "/v1/businesses"));
  const [open, setOpen] = createSignal<string>();

  async function create(form: HTMLFormElement) {
    const { slug, name } = Object.fromEntries(new FormData(form)) as Record<string, string>;
    await call("POST", "/v1/businesses", { slug, ...(name ? { name } : {}) }).then(
      () => form.reset(),
      noticeError,
    );
    await list.again();
  }
  const setState = (slug: string, state: "active" | "suspended") =>
    call("PATCH", `/v1/businesses/${slug}`, { state }).then(list.again, noticeError);

  return (
    <section aria-label="Businesses">
      <h2>Businesses</h2>
      <form
        class="row-form"
        onSubmit={(event) => {
          event.preventDefault();
          void create(event.currentTarget);
        }}
      >
        <label>
          <span class="differ">Short name, as in addresses</span>
          <input name="slug" required placeholder="acme" autocomplete="off" />
        </label>
        <label>
          <span class="differ">Name</span>
          <input name="name" maxlength="200" autocomplete="off" />
        </label>
        <button class="solid" type="submit">
          Create
        </button>
      </form>
      <div class="table-box">
        <table>
          <thead>
            <tr>
              <th scope="col">Short name</th>
              <th scope="col">Name</th>
              <th scope="col">Database</th>
              <th scope="col">State</th>
              <th scope="col">Since</th>
              <th scope="col">Actions</th>
            </tr>
          </thead>
          <tbody>
            <For each={list.value()?.items}>
              {(business) => (
                <tr>
                  <th scope="row">{business.slug}</th>
                  <td>{business.name}</td>
                  <td>{business.engine}</td>
                  <td>{business.state}</td>
                  <td>{new Date(business.createdAt).toLocaleDateString()}</td>
                  <td>
                    <button class="link" type="button" onClick={() => setOpen(business.slug)}>
                      Keys
                    </button>
                    <Show
                      when={business.state === "suspended"}
                      fallback={
                        <button
                          class="link danger"
                          type="button"
                          onClick={() => void setState(business.slug, "suspended")}
                        >
                          Suspend
                        </button>
                      }
                    >
                      <button
                        class="link"
                        type="button"
                        onClick={() => void setState(business.slug, "active")}
                      >
                        Resume
                      </button>
                    </Show>
                  </td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <Show when={open()} keyed>
        {(slug) => <Keys slug={slug} />}
      </Show>
    </section>
  );
}

function Keys(props: { slug: string }) {
  const path = () => `/v1/businesses/${props.slug}/keys`;
  const list = createReading(() => call<{ items: BusinessKey[] }>("GET", path()));
  const [made, setMade] = createSignal("");

  async function create(form: HTMLFormElement) {
    const name = String(new FormData(form).get("name"));
    const created = await call<{ key: string }>("POST", path(), { name }).catch(noticeError);
    if (created) setMade(created.key);
    form.reset();
    await list.again();
  }
  async function revoke(id: string) {
    await call("DELETE", `${path()}/${id}`).then(() => notice("The key is revoked."), noticeError);
    await list.again();
  }

  return (
    <section aria-label={`Keys of ${props.slug}`}>
      <h3>Keys of {props.slug}</h3>
      <form
        class="row-form"
        onSubmit={(event) => {
          event.preventDefault();
          void create(event.currentTarget);
        }}
      >
        <label>
          <span class="differ">What the key is for</span>
          <input name="name" maxlength="200" autocomplete="off" />
        </label>
        <button class="solid" type="submit">
          Make a key
        </button>
      </form>
      <Show when={made()}>
        <p role="status">
          The key is shown only now: <code class="secret">{made()}</code>
        </p>
      </Show>
      <ul class="plain-list">
        <For each={list.value()?.items}>
          {(one) => (
            <li>
              {one.name || "unnamed"} <span class="facts">{wordsOf(one)}</span>
              <Show when={one.revokedAt === null}>
                <button class="link danger" type="button" onClick={() => void revoke(one.id)}>
                  Revoke
                </button>
              </Show>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}

function wordsOf({ createdAt, lastUsedAt, revokedAt }: BusinessKey): string {
  const day = (at: string) => new Date(at).toLocaleDateString();
  if (revokedAt) return `revoked on ${day(revokedAt)}`;
  return `made on ${day(createdAt)}, ${lastUsedAt ? `last used on ${day(lastUsedAt)}` : "never used"}`;
}
