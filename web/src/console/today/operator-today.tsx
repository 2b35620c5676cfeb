// Shows the operator the current state of this Rondo: the process that answers, its listeners, the
// queues, the stores, and how many businesses are not served.
import { For, Show } from "solid-js";
import { hrefOf } from "../address.ts";
import { call, readMetrics, readReady, type Ready } from "../client.ts";
import { ApiError } from "../../api/send.ts";
import { type Fact, Facts } from "../parts/facts.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { bytes, duration, number } from "../parts/words.ts";
import { t } from "../../i18n/translate.ts";

const READ_EVERY_MS = 5_000;

type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export default function OperatorToday() {
  const today = createReading(readAll, { everyMs: READ_EVERY_MS });
  return (
    <section aria-labelledby="today">
      <h2 id="today">{t("Overview")}</h2>
      <Loaded of={today}>
        {(found) => (
          <>
            <Facts of={factsOf(found())} />
            <h3>{t("Stores")}</h3>
            <ul class="plain-list">
              <For each={found().ready.needs}>
                {({ name, ok, ms }) => (
                  <li classList={{ bad: !ok }}>
                    {ok
                      ? t("{store}: answers in {n} ms", { store: storeOf(name), n: ms })
                      : t("{store}: can’t be reached", { store: storeOf(name) })}
                  </li>
                )}
              </For>
            </ul>
            <Show when={(found().sum("failed") ?? 0) > 0}>
              <p>
                <a class="link" href={hrefOf("queues")}>
                  {t("See the failed jobs")}
                </a>
              </p>
            </Show>
          </>
        )}
      </Loaded>
      <p class="empty">
        {t(
          "The process that answered has counted requests, listeners and first sounds since its start. The page of each business shows its pieces and minutes.",
        )}
      </p>
    </section>
  );
}

async function readAll(): Promise<Read> {
  const [counts, ready, metric] = await Promise.all([readCounts(), readReady(), readMetrics()]);
  const sum = (...states: readonly string[]) =>
    counts &&
    Object.values(counts)
      .flatMap((queue) => states.map((state) => queue[state] ?? 0))
      .reduce((all, one) => all + one, 0);
  return { sum, ready, metric };
}

/** Returns undefined if the server can't count the jobs, for example because the job queue is unavailable. */
async function readCounts(): Promise<Counts | undefined> {
  try {
    return await call<Counts>("GET", "/v1/jobs/counts");
  } catch (err) {
    if (err instanceof ApiError && err.status >= 500) return undefined;
    throw err;
  }
}

interface Read {
  /** Returns the number of jobs in these states, or undefined if they could not be counted. */
  sum(...states: readonly string[]): number | undefined;
  readonly ready: Ready;
  /** Returns the sum of the metric's samples. With `label`, adds only the samples whose line contains `label`. */
  metric(name: string, label?: string): number;
}

const numberOrDash = (count: number | null | undefined): string =>
  count === null || count === undefined ? "–" : number(count);

const factsOf = ({ sum, ready, metric }: Read): readonly Fact[] => [
  {
    name: t("This process"),
    value: ready.status === "ready" ? t("ready") : t("not ready"),
    isBad: ready.status !== "ready",
  },
  {
    name: t("New work"),
    value: ready.acceptsNewWork ? t("accepted") : t("refused"),
    detail: ready.acceptsNewWork ? undefined : t("The disk is nearly full."),
    isBad: !ready.acceptsNewWork,
  },
  { name: t("Listening now"), value: number(metric("rondo_stream_listeners")) },
  { name: t("Listeners so far"), value: number(metric("rondo_stream_listeners_total")) },
  { name: t("Until the first sound"), ...firstSound(metric) },
  {
    name: t("Pieces requested"),
    value: number(metric("rondo_http_requests_total", 'method="POST",route="/v1/generations",status="200"')),
  },
  { name: t("Sent to listeners"), value: bytes(metric("rondo_stream_sent_bytes")) },
  { name: t("Jobs at work"), value: numberOrDash(sum("active")) },
  { name: t("Jobs waiting"), value: numberOrDash(sum("waiting", "delayed")) },
  { name: t("Jobs failed"), value: numberOrDash(sum("failed")), isBad: (sum("failed") ?? 0) > 0 },
  {
    name: t("Businesses not served"),
    value: numberOrDash(ready.businessesNotServed),
    isBad: ready.businessesNotServed !== 0,
  },
  { name: t("Requests"), value: number(metric("rondo_http_requests_total")) },
  {
    name: t("Errors of the server"),
    value: number(metric("rondo_http_requests_total", 'status="5')),
    isBad: metric("rondo_http_requests_total", 'status="5') > 0,
  },
  { name: t("Free on the disk"), value: bytes(metric("rondo_disk_free_bytes")) },
];

/**
 * Returns, as text, the time until the first sound: the median in `value`, and the 95th percentile in `detail`. Each
 * time is rounded up to a bound of the histogram in /metrics. If a time exceeds the last bound, the text says only that
 * the time is over this bound.
 */
function firstSound(metric: Read["metric"]) {
  const count = metric("rondo_first_sound_seconds_count");
  if (count === 0) return { value: "–", detail: t("no piece was heard yet") };
  const within = (share: number) =>
    bounds.find((bound) => metric("rondo_first_sound_seconds_bucket", `le="${bound}"`) >= count * share);
  const text = (bound: number | undefined) =>
    bound === undefined
      ? t("over {time}", { time: duration(bounds.at(-1)! * 1_000) })
      : t("≤ {time}", { time: duration(bound * 1_000) });
  const detail = t("95% of {n} pieces: {within}", { within: text(within(0.95)), n: count });
  return { value: text(within(0.5)), detail };
}

const bounds = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30] as const;

/** The name of a store, in the language of the console. */
function storeOf(name: string): string {
  const names: Readonly<Record<string, string>> = {
    "control database": t("control database"),
    "job queue": t("job queue"),
    "chunk store": t("chunk store"),
    "object store": t("object store"),
    businesses: t("businesses"),
  };
  return names[name] ?? name;
}
