// Shows the generators and their states.
import { call } from "../client.ts";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";

interface Health {
  readonly name: string;
  readonly status: string;
  readonly free: number | null;
  readonly slots: number | null;
  readonly queued: number | null;
  readonly etaSeconds: number | null;
  readonly reason: string | null;
}

const words: Readonly<Record<string, string>> = {
  ready: "ready",
  starting: "is starting",
  busy: "busy",
  local: "ready: it runs in the worker",
  failed: "does not answer",
};

export default function Generators() {
  const list = createReading(() => call<{ items: readonly Health[] }>("GET", "/v1/generators/health"), {
    everyMs: 10_000,
  });
  return (
    <section aria-labelledby="generators">
      <h2 id="generators">Generators</h2>
      <Loaded of={list}>
        {(found) => (
          <Table
            caption="Generators"
            rows={found().items}
            empty="There are no generators."
            columns={[
              { head: "Generator", cell: ({ name }) => name },
              { head: "State", cell: ({ status }) => <span data-state={status}>{words[status]}</span> },
              {
                head: "Free places",
                cell: ({ free, slots }) => (free === null ? "" : `${free} of ${slots ?? "?"}`),
                isNumber: true,
              },
              { head: "Waiting there", cell: ({ queued }) => queued ?? "", isNumber: true },
              {
                head: "Begins a new piece in",
                cell: ({ etaSeconds }) => (etaSeconds === null ? "" : `${Math.ceil(etaSeconds)} s`),
                isNumber: true,
              },
              { head: "Reason", cell: ({ reason }) => reason ?? "" },
            ]}
          />
        )}
      </Loaded>
      <p class="empty">
        RONDO_GENERATOR_URL and RONDO_GENERATORS name them. A business’s page says which of them it may use,
        and with whose key.
      </p>
    </section>
  );
}
