// Shows today in numbers: for the operator the process and its queues, for a business its pieces.
import { For, Show } from "solid-js";
import { call, key, readMetrics } from "./client.ts";
import { createReading } from "./reading.ts";

const READ_EVERY_MS = 5000;

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly isBad?: boolean;
}

const number = (value: number) => Math.round(value).toLocaleString();
const minutes = (seconds: number) => `${number(seconds / 60)} min`;

export default function Today() {
  const facts = createReading(key()?.role === "operator" ? readOperator : readBusiness, READ_EVERY_MS);
  return (
    <section aria-label="Today">
      <h2>Today</h2>
      <Show when={facts.value()} fallback={<p class="empty">Loading…</p>}>
        {(found) => (
          <dl class="facts-grid">
            <For each={found()}>
              {(fact) => (
                <div classList={{ bad: fact.isBad === true }}>
                  <dt>{fact.name}</dt>
                  <dd>{fact.value}</dd>
                </div>
              )}
            </For>
          </dl>
        )}
      </Show>
    </section>
  );
}

async function readBusiness(): Promise<readonly Fact[]> {
  const from = new Date();
  from.setHours(0, 0, 0, 0);
  const period = new URLSearchParams({ from: from.toISOString(), to: new Date().toISOString() });
  const { items } = await call<{
    items: { state: string; generations: number; users: number; seconds: number | null }[];
  }>("GET", `/v1/queries/business.generations?${period}`);
  const of = (state: string) => items.find((one) => one.state === state);
  const failed = of("failed")?.generations ?? 0;
  return [
    { name: "Pieces finished", value: number(of("complete")?.generations ?? 0) },
    { name: "Minutes of music", value: minutes(of("complete")?.seconds ?? 0) },
    { name: "Being made", value: number(of("running")?.generations ?? 0) },
    { name: "Waiting", value: number(of("queued")?.generations ?? 0) },
    { name: "Stopped by people", value: number(of("cancelled")?.generations ?? 0) },
    { name: "Failed", value: number(failed), isBad: failed > 0 },
  ];
}

async function readOperator(): Promise<readonly Fact[]> {
  const [counts, ready, metric] = await Promise.all([
    call<Record<string, Record<string, number>>>("GET", "/v1/jobs/counts"),
    call<{ status: string; acceptsNewWork: boolean; businessesNotServed: number }>("GET", "/ready"),
    readMetrics(),
  ]);
  const failed = Object.values(counts).reduce((sum, queue) => sum + (queue.failed ?? 0), 0);
  const sum = (state: string) => Object.values(counts).reduce((all, queue) => all + (queue[state] ?? 0), 0);
  return [
    { name: "This process", value: ready.status, isBad: ready.status !== "ready" },
    {
      name: "New work",
      value: ready.acceptsNewWork ? "accepted" : "refused: the disk is nearly full",
      isBad: !ready.acceptsNewWork,
    },
    {
      name: "Businesses not served",
      value: number(ready.businessesNotServed),
      isBad: ready.businessesNotServed > 0,
    },
    { name: "Jobs at work", value: number(sum("active")) },
    { name: "Jobs waiting", value: number(sum("waiting") + sum("delayed")) },
    { name: "Jobs failed", value: number(failed), isBad: failed > 0 },
    { name: "Requests since the start", value: number(metric("rondo_http_requests_total")) },
    { name: "Free on the disk", value: `${number(metric("rondo_disk_free_bytes") / 1e9)} GB` },
  ];
}
