// Shows today's numbers of one business: pieces, failures, waits, minutes of music and listeners. If the key belongs to
// the business and has the scope "usage", the quotas of the business are shown, too.
import { For, Show } from "solid-js";
import { at, call, key } from "../client.ts";
import { hrefOf } from "../address.ts";
import { type Fact, Facts } from "../parts/facts.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Quotas } from "./quotas.tsx";
import { duration, minutes, number } from "../parts/words.ts";
import { t } from "../../i18n/translate.ts";

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

/** `of` is the slug of the business; undefined if the key belongs to the business. */
export default function BusinessToday(props: { readonly of?: string }) {
  const summary = createReading(() => call<Summary>("GET", at("/v1/manage/summary", props.of)), {
    everyMs: READ_EVERY_MS,
  });
  const canSeeUsage = () => key()?.scopes?.includes("usage") ?? false;
  return (
    <section aria-labelledby="today">
      <h2 id="today">{t("Today")}</h2>
      <Loaded of={summary}>
        {(found) => (
          <>
            <Facts of={factsOf(found())} />
            <Show when={found().failures.length}>
              <h3>{t("Reasons of failures")}</h3>
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
                  {t("See the generations")}
                </a>
              </p>
            </Show>
          </>
        )}
      </Loaded>
      <p class="empty">{t("The day begins at midnight, UTC.")}</p>
      <Show when={!props.of && canSeeUsage()}>
        <Quotas />
      </Show>
    </section>
  );
}

function factsOf({ states, users, seconds, waitMs, firstSoundMs, listeners }: Summary): readonly Fact[] {
  const of = (state: string) => states[state] ?? 0;
  return [
    { name: t("Pieces finished"), value: number(of("complete")) },
    { name: t("Minutes of music"), value: minutes(seconds) },
    { name: t("People who made music"), value: number(users) },
    { name: t("Listening now"), value: number(listeners), detail: t("to music that is being composed") },
    { name: t("Being made"), value: number(of("running")) },
    { name: t("Waiting"), value: number(of("queued")) },
    { name: t("Stopped by people"), value: number(of("cancelled")) },
    { name: t("Failed"), value: number(of("failed")), isBad: of("failed") > 0 },
    { name: t("Until the generator began"), ...spreadOf(waitMs) },
    { name: t("Until the first sound"), ...spreadOf(firstSoundMs) },
  ];
}

/** Shows the median as the value. The detail contains the 95th percentile and the number of measured times. */
const spreadOf = (spread: Spread | null) =>
  spread === null
    ? { value: "–", detail: t("no piece yet") }
    : {
        value: duration(spread.p50),
        detail: t("95% of {n} pieces: within {time}", { time: duration(spread.p95), n: spread.count }),
      };
