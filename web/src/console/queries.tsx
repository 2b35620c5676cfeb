// Shows the named queries: the parameters of each, and a form to try it.
import { createSignal, For, Show } from "solid-js";
import { noticeError } from "../lib/notices.ts";
import { call, callAs, type NamedQuery } from "./client.ts";
import { createReading } from "./reading.ts";
import { Rows } from "./users.tsx";

const TOKEN_SECONDS = 60;

export default function Queries() {
  const list = createReading(() => call<{ items: NamedQuery[] }>("GET", "/v1/queries"));
  return (
    <section aria-label="Queries">
      <h2>Queries</h2>
      <For each={list.value()?.items}>
        {(query) => (
          <details class="query">
            <summary>
              <code>{query.name}</code> {query.summary}
            </summary>
            <Try query={query} />
          </details>
        )}
      </For>
    </section>
  );
}

function Try(props: { query: NamedQuery }) {
  const [answer, setAnswer] = createSignal<unknown>();
  const names = () => Object.entries(props.query.parameters.properties ?? {});
  const isOfUser = () => props.query.scope === "user";

  async function run(form: HTMLFormElement) {
    const { "as user": user, ...given } = Object.fromEntries(new FormData(form)) as Record<string, string>;
    const parameters = Object.fromEntries(
      Object.entries(given)
        .filter(([, value]) => value !== "")
        .map(([name, value]) => [name, typed(value, props.query.parameters.properties?.[name]?.type)]),
    );
    const path = `/v1/queries/${props.query.name}`;
    try {
      if (!isOfUser()) return setAnswer(await call("POST", path, parameters));
      const { token } = await call<{ token: string }>("POST", "/v1/tokens", {
        userId: user,
        expiresInSeconds: TOKEN_SECONDS,
      });
      setAnswer(await callAs(token, "POST", path, parameters));
    } catch (err) {
      setAnswer(undefined);
      noticeError(err);
    }
  }
  const rows = () => {
    const { items, item } = (answer() ?? {}) as {
      items?: Record<string, unknown>[];
      item?: Record<string, unknown>;
    };
    return items ?? (item ? [item] : []);
  };

  return (
    <form
      class="row-form"
      onSubmit={(event) => {
        event.preventDefault();
        void run(event.currentTarget);
      }}
    >
      <Show when={isOfUser()}>
        <label>
          <span class="differ">As the user with this id</span>
          <input name="as user" required autocomplete="off" />
        </label>
      </Show>
      <For each={names()}>
        {([name, schema]) => (
          <label>
            <span class="differ" title={schema.description}>
              {name}
            </span>
            <input
              name={name}
              required={props.query.parameters.required?.includes(name)}
              autocomplete="off"
            />
          </label>
        )}
      </For>
      <button class="solid" type="submit">
        Run
      </button>
      <Show when={answer() !== undefined}>
        <Rows rows={rows()} />
      </Show>
    </form>
  );
}

/** Converts a field's text to the parameter's type. A text that can't be converted is sent unchanged, and the server reports the error. */
function typed(value: string, type: string | undefined): unknown {
  if (type === "string" || type === undefined) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
