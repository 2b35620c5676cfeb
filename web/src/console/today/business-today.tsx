// Today's numbers of one business: its pieces, failures and waits, what it used, and its quotas.
import { For, Show } from "solid-js";
import { at, call, key } from "../client.ts";
import { hrefOf } from "../address.ts";
import { type Fact, Facts } from "../parts/facts.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { bytes, duration, minutes, number, time } from "../parts/words.ts";

const READ_EVERY_MS = 10_000;

interface Summary {
  readonly states: Readonly<Record<string, number>>;
  readonly users: number;
  readonly seconds: number;
  readonly failures: readonly { readonly code: string; readonly count: number }[];
  readonly waitMs: Spread | null;
  readonly firstSoundMs: Spread | null;
  readonly listeners: number;
}

interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

interface Quota {
  readonly of: string;
  readonly metric: string;
  readonly per: string;
  readonly limit: number;
  readonly used: number;
  readonly left: number;
  readonly resetsAt: string;
}

export default function BusinessToday(props: { readonly of?: string }) {
  const summary = createReading(() => call<Summary>("GET", at("/v1/manage/summary", props.of)), {
    everyMs: READ_EVERY_MS,
  });
  const canSeeUsage = () => key()?.scopes?.includes("usage") ?? false;
  return (
    <section aria-labelledby="today">
      <h2 id="today">Today</h2>
      <Loaded of={summary}>
        {(found) => (
          <>
            <Facts of={factsOf(found())} />
            <Show when={found().failures.length}>
              <h3>Reasons of failures</h3>
              <ul class="plain-list">
                <For each={found().failures}>
                  {({ code, count }) => (
                    <li>
                      {number(count)} × <code>{code}</code>
                    </li>
                  )}
                </For>
              </ul>
              <p>
                <a
                  class="link"
                  href={props.of ? hrefOf("businesses", props.of, "generations") : hrefOf("generations")}
                >
                  See the generations
                </a>
              </p>
            </Show>
          </>
        )}
      </Loaded>
      <p class="empty">The day begins at midnight, UTC.</p>
      <Show when={!props.of && canSeeUsage()}>
        <Quotas />
      </Show>
    </section>
  );
}

function factsOf({ states, users, seconds, waitMs, firstSoundMs, listeners }: Summary): readonly Fact[] {
  const of = (state: string) => states[state] ?? 0;
  return [
    { name: "Pieces finished", value: number(of("complete")) },
    { name: "Minutes of music", value: minutes(seconds) },
    { name: "People who made music", value: number(users) },
    { name: "Listening now", value: number(listeners), detail: "to music that is being composed" },
    { name: "Being made", value: number(of("running")) },
    { name: "Waiting", value: number(of("queued")) },
    { name: "Stopped by people", value: number(of("cancelled")) },
    { name: "Failed", value: number(of("failed")), isBad: of("failed") > 0 },
    { name: "Until the generator began", ...spreadOf(waitMs) },
    { name: "Until the first sound", ...spreadOf(firstSoundMs) },
  ];
}

/** Half of the values are below the first number, and 95 of 100 below the second one. */
const spreadOf = (spread: Spread | null) =>
  spread === null
    ? { value: "–", detail: "no piece yet" }
    : {
        value: duration(spread.p50),
        detail: `95 of 100 within ${duration(spread.p95)}, of ${number(spread.count)}`,
      };

function Quotas() {
  const quotas = createReading(() => call<{ quotas: readonly Quota[] }>("GET", "/v1/limits"), {
    everyMs: READ_EVERY_MS,
  });
  return (
    <section aria-labelledby="quotas">
      <h3 id="quotas">Quotas of the business</h3>
      <Loaded of={quotas}>
        {(found) => (
          <Table
            caption="Quotas"
            rows={found().quotas}
            empty="The business has no quotas."
            columns={[
              { head: "Quota", cell: ({ metric, per }) => `${wordsOf(metric)} per ${per}` },
              { head: "Used", cell: (one) => amount(one, one.used), isNumber: true },
              { head: "Left", cell: (one) => amount(one, one.left), isNumber: true },
              { head: "Of", cell: (one) => amount(one, one.limit), isNumber: true },
              { head: "Counted from zero again", cell: ({ resetsAt }) => time(resetsAt) },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

const amount = ({ metric }: Quota, value: number): string =>
  metric.endsWith("Bytes") ? bytes(value) : number(value);

const words: Readonly<Record<string, string>> = {
  generations: "pieces",
  seconds: "seconds of music",
  storedBytes: "stored data",
  servedBytes: "sent data",
  queries: "queries",
};
export const wordsOf = (metric: string): string => words[metric] ?? metric;
