// Shows how many jobs of each state are in each queue, and a search for jobs. Failed jobs can be
// retried or dropped. The table shows at most 100 jobs of a search, but "Retry all" and "Drop all…"
// apply to all failed jobs of the search.
import { createSignal, Show } from "solid-js";
import { notice, noticeError } from "../../shell/notices.ts";
import { at, call } from "../client.ts";
import { confirmByName } from "../parts/confirm.tsx";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { Latest } from "../parts/latest.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { json, number, time } from "../parts/words.ts";
import { plural, t } from "../../i18n/translate.ts";

const states = () =>
  [
    ["failed", t("failed")],
    ["waiting", t("waiting")],
    ["delayed", t("delayed")],
    ["active", t("active")],
    ["completed", t("completed")],
  ] as const;
const READ_EVERY_MS = 5_000;
/** The maximum number of jobs in the list. */
const LIMIT = 100;

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
      <h2 id="queues">{t("Queues")}</h2>
      <Loaded of={counts}>
        {(found) => (
          <>
            <Table
              caption={t("Jobs in each queue")}
              rows={Object.entries(found())}
              empty={t("There are no queues.")}
              columns={[
                { head: t("Queue"), cell: ([queue]) => <code>{queue}</code> },
                ...states().map(([name, head]) => ({
                  head,
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
      return call<{ items: readonly Job[] }>("GET", at("/v1/jobs", business, { ...rest, limit: `${LIMIT}` }));
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
    notice(
      action === "retry"
        ? plural(settled, "1 job retried.", "{n} jobs retried.")
        : plural(settled, "1 job dropped.", "{n} jobs dropped."),
    );
    await again();
  }
  const dropAll = () =>
    confirmByName({
      title: t("Drop all failed jobs of this search?"),
      text: t("The work of these jobs will never be done. Nothing can undo this."),
      name: "drop",
      does: t("Drop them"),
      act: () => settleAll("drop"),
    });

  return (
    <>
      <h3>{t("Jobs")}</h3>
      <Form does={t("Search")} keeps send={async (values) => void setSearch(values)}>
        <Choice label={t("State")} name="state" of={states()} />
        <Choice label={t("Queue")} name="queue" of={[["", t("all")], ...props.queues]} />
        <Field label={t("Business")} name="business" />
        <Field label={t("Text in the job or its error")} name="text" type="search" />
      </Form>
      <Show when={search().state === "failed" && found.value()?.items.length}>
        <div class="choices">
          <button class="chip" type="button" onClick={() => void settleAll("retry").catch(noticeError)}>
            {t("Retry all")}
          </button>
          <button class="fatal" type="button" onClick={dropAll}>
            {t("Drop all…")}
          </button>
        </div>
      </Show>
      <Loaded of={found}>
        {(jobs) => (
          <>
            <Table
              caption={t("Jobs")}
              rows={jobs().items}
              empty={t("There are no {state} jobs.", {
                state: states().find(([name]) => name === search().state)?.[1],
              })}
              columns={[
                { head: t("Job"), cell: (job) => <Details job={job} /> },
                { head: t("Queue"), cell: ({ queue }) => <code>{queue}</code> },
                { head: t("Business"), cell: ({ businessId }) => <code>{businessId}</code> },
                {
                  head: t("Tries"),
                  cell: ({ attemptsMade, attempts }) =>
                    t("{made} of {allowed}", { made: attemptsMade, allowed: attempts }),
                  isNumber: true,
                },
                { head: t("Added"), cell: ({ createdAt }) => time(createdAt) },
                { head: t("Error"), cell: ({ error }) => error ?? "" },
                {
                  head: t("Actions"),
                  cell: (job) => (
                    <Show when={job.state === "failed"}>
                      <button class="link" type="button" onClick={() => void settle("retry", job)}>
                        {t("Retry")}
                      </button>
                      <button class="link danger" type="button" onClick={() => void settle("drop", job)}>
                        {t("Drop")}
                      </button>
                    </Show>
                  ),
                },
              ]}
            />
            <Latest items={jobs().items} limit={LIMIT} />
          </>
        )}
      </Loaded>
    </>
  );
}

const Details = (props: { readonly job: Job }) => (
  <details>
    <summary>
      <code>{props.job.name}</code>
    </summary>
    <pre>{json(props.job)}</pre>
  </details>
);
