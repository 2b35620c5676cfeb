// Shows the queues: waiting, running and failed jobs, with a search. Failed jobs can be retried or dropped.
import { createSignal, Show } from "solid-js";
import { notice, noticeError } from "../../shell/notices.ts";
import { at, call } from "../client.ts";
import { confirmByName } from "../parts/confirm.tsx";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { json, number, time } from "../parts/words.ts";

const states = ["failed", "waiting", "delayed", "active", "completed"] as const;
const READ_EVERY_MS = 5_000;

interface Job {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly state: string;
  readonly businessId: string;
  readonly attempts: number;
  readonly attemptsMade: number;
  readonly error?: string | null;
  readonly createdAt: string;
}

type Counts = Record<string, Readonly<Record<string, number>>>;

export default function Queues() {
  const counts = createReading(() => call<Counts>("GET", "/v1/jobs/counts"), { everyMs: READ_EVERY_MS });
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      <Loaded of={counts}>
        {(found) => (
          <>
            <Table
              caption="Jobs in each queue"
              rows={Object.entries(found())}
              empty="There are no queues."
              columns={[
                { head: "Queue", cell: ([queue]) => queue },
                ...states.map((name) => ({
                  head: name,
                  isNumber: true,
                  cell: ([, of]: [string, Counts[string]]) => number(of[name] ?? 0),
                })),
              ]}
            />
            <Jobs queues={Object.keys(found())} onChange={() => void counts.again()} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function Jobs(props: { readonly queues: readonly string[]; onChange(): void }) {
  const [search, setSearch] = createSignal<Values>({ state: "failed" });
  const found = createReading(
    () => {
      const { business, ...rest } = search();
      return call<{ items: readonly Job[] }>("GET", at("/v1/jobs", business, { ...rest, limit: "100" }));
    },
    { everyMs: READ_EVERY_MS, when: search },
  );
  const again = async () => {
    props.onChange();
    await found.again();
  };
  async function settle(action: "retry" | "drop", job: Job) {
    const path = `/v1/jobs/${job.queue}/${encodeURIComponent(job.id)}`;
    await (action === "retry" ? call("POST", `${path}/retry`) : call("DELETE", path)).catch(noticeError);
    await again();
  }
  async function settleAll(action: "retry" | "drop") {
    const { state: _, ...rest } = search();
    const chosen = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ""));
    const body = Object.keys(chosen).length > 0 ? chosen : { all: true };
    const { settled } = await call<{ settled: number }>("POST", `/v1/jobs/${action}`, body);
    notice(`${settled} ${settled === 1 ? "job" : "jobs"} ${action === "retry" ? "retried" : "dropped"}.`);
    await again();
  }
  const dropAll = () =>
    confirmByName({
      title: "Drop all failed jobs of this search?",
      text: "Their work will never be done. Nothing can undo this.",
      name: "drop",
      does: "Drop them",
      act: () => settleAll("drop"),
    });

  return (
    <>
      <h3>Jobs</h3>
      <Form does="Search" keeps send={async (values) => void setSearch(values)}>
        <Choice label="State" name="state" of={states} />
        <Choice label="Queue" name="queue" of={[["", "all"], ...props.queues]} />
        <Field label="Business" name="business" />
        <Field label="Text in the job or its error" name="text" type="search" />
      </Form>
      <Show when={search().state === "failed" && found.value()?.items.length}>
        <div class="choices">
          <button class="chip" type="button" onClick={() => void settleAll("retry").catch(noticeError)}>
            Retry all
          </button>
          <button class="fatal" type="button" onClick={dropAll}>
            Drop all…
          </button>
        </div>
      </Show>
      <Loaded of={found}>
        {(jobs) => (
          <Table
            caption="Jobs"
            rows={jobs().items}
            empty={`There are no ${search().state} jobs.`}
            columns={[
              { head: "Job", cell: (job) => <Details job={job} /> },
              { head: "Queue", cell: ({ queue }) => queue },
              { head: "Business", cell: ({ businessId }) => <code>{businessId}</code> },
              {
                head: "Tries",
                cell: ({ attemptsMade, attempts }) => `${attemptsMade} of ${attempts}`,
                isNumber: true,
              },
              { head: "Added", cell: ({ createdAt }) => time(createdAt) },
              { head: "Error", cell: ({ error }) => error ?? "" },
              {
                head: "Actions",
                cell: (job) => (
                  <Show when={job.state === "failed"}>
                    <button class="link" type="button" onClick={() => void settle("retry", job)}>
                      Retry
                    </button>
                    <button class="link danger" type="button" onClick={() => void settle("drop", job)}>
                      Drop
                    </button>
                  </Show>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

const Details = (props: { readonly job: Job }) => (
  <details>
    <summary>{props.job.name}</summary>
    <pre>{json(props.job)}</pre>
  </details>
);
