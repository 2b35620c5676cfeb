// Shows the users of the business.
import { For, Show } from "solid-js";
import { call } from "./client.ts";
import { createReading } from "./reading.ts";

type Row = Readonly<Record<string, unknown>>;

export default function Users() {
  const users = createReading(() => call<{ items: Row[] }>("GET", "/v1/queries/business.users"));
  return (
    <section aria-label="Users">
      <h2>Users</h2>
      <Show when={users.value()} fallback={<p class="empty">Loading…</p>}>
        {(found) => <Rows rows={found().items} />}
      </Show>
    </section>
  );
}

/** Rows of an answer as a table; the columns are the fields of the first row. */
export function Rows(props: { rows: readonly Row[] }) {
  const columns = () => Object.keys(props.rows[0] ?? {});
  const words = (value: unknown) =>
    value === null || value === undefined
      ? ""
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
  return (
    <Show when={props.rows.length} fallback={<p class="empty">Nothing yet.</p>}>
      <div class="table-box">
        <table>
          <thead>
            <tr>
              <For each={columns()}>{(name) => <th scope="col">{name}</th>}</For>
            </tr>
          </thead>
          <tbody>
            <For each={props.rows}>
              {(row) => (
                <tr>
                  <For each={columns()}>{(name) => <td>{words(row[name])}</td>}</For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </Show>
  );
}
