// Shows the queues: waiting, running and failed jobs, with a search. Failed jobs can be retried or deleted.
import { createSignal, For, Show } from "solid-js";
import { notice, noticeError } from "../lib/notices.ts";
import { call, type Job } from "./client.ts";
import { createReading } from "./reading.ts";

const states = ["failed", "waiting", "delayed", "active", "completed"] as const;
const READ_EVERY_MS = 5000;

export default function Jobs() {
  const [state, setState] = createSignal<string>("failed");
  const [text, setText] = createSignal("");
  const counts = createReading(
    () => call<Record<string, Record<string, number>>>("GET", "/v1/jobs/counts"),
    READ_EVERY_MS,
  );
  const search = () => {
    const query = new URLSearchParams({ state: state(), limit: "100" });
    if (text().trim()) query.set("text", text().trim());
    return query;
  };
  const found = createReading(() => call<{ items: Job[] }>("GET", `/v1/jobs?${search()}`), READ_EVERY_MS);
  const again = () => Promise.all([counts.again(), found.again()]);

  async function settle(action: "retry" | "drop", job: Job) {
    const path = `/v1/jobs/${job.queue}/${encodeURIComponent(job.id)}`;
    await (action === "retry" ? call("POST", `${path}/retry`) : call("DELETE", path)).catch(noticeError);
    await again();
  }
  async function settleAll(action: "retry" | "drop") {
    const chosen = text().trim() ? { text: text().trim() } : { all: true };
    const answer = await call<{ settled: number }>("POST", `/v1/jobs/${action}`, chosen).catch(noticeError);
    if (answer)
      notice(
        `${answer.settled} ${answer.settled === 1 ? "job" : "jobs"} ${action === "retry" ? "retried" : "dropped"}.`,
      );
    await again();
  }

  return (
    <section aria-label="Queues">
      <h2>Queues</h2>
      <div class="table-box">
        <table>
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <For each={states}>{(name) => <th scope="col">{name}</th>}</For>
            </tr>
          </thead>
          <tbody>
            <For each={Object.entries(counts.value() ?? {})}>
              {([queue, of]) => (
                <tr>
                  <th scope="row">{queue}</th>
                  <For each={states}>{(name) => <td>{(of[name] ?? 0).toLocaleString()}</td>}</For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <form class="row-form" onSubmit={(event) => event.preventDefault()}>
        <label>
          <span class="differ">State</span>
          <select
            value={state()}
            onChange={(event) => {
              setState(event.currentTarget.value);
              void found.again();
            }}
          >
            <For each={states}>{(name) => <option value={name}>{name}</option>}</For>
          </select>
        </label>
        <label>
          <span class="differ">Text in the job or its error</span>
          <input
            type="search"
            value={text()}
            onChange={(event) => {
              setText(event.currentTarget.value);
              void found.again();
            }}
          />
        </label>
        <Show when={state() === "failed" && found.value()?.items.length}>
          <button class="solid" type="button" onClick={() => void settleAll("retry")}>
            Retry all
          </button>
          <button class="link danger" type="button" onClick={() => void settleAll("drop")}>
            Drop all
          </button>
        </Show>
      </form>
      <Show when={found.value()?.items.length} fallback={<p class="empty">No {state()} jobs.</p>}>
        <div class="table-box">
          <table>
            <thead>
              <tr>
                <th scope="col">Job</th>
                <th scope="col">Queue</th>
                <th scope="col">Business</th>
                <th scope="col">Tries</th>
                <th scope="col">Error</th>
                <th scope="col">Actions</th>
              </tr>
            </thead>
            <tbody>
              <For each={found.value()?.items}>
                {(job) => (
                  <tr>
                    <th scope="row">
                      {job.name} <code>{job.id}</code>
                    </th>
                    <td>{job.queue}</td>
                    <td>{job.businessId}</td>
                    <td>{job.attempts}</td>
                    <td>{job.error ?? ""}</td>
                    <td>
                      <Show when={job.state === "failed"}>
                        <button class="link" type="button" onClick={() => void settle("retry", job)}>
                          Retry
                        </button>
                        <button class="link danger" type="button" onClick={() => void settle("drop", job)}>
                          Drop
                        </button>
                      </Show>
                    </td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
      </Show>
    </section>
  );
}
