// Shows one generation with its events, and buttons to cancel or retry the generation.
import { Show } from "solid-js";
import { notice, noticeError } from "../../shell/notices.ts";
import { go, hrefOf } from "../address.ts";
import { at, call } from "../client.ts";
import { inOwnWords } from "../refusals.ts";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { duration, time } from "../parts/words.ts";
import { type Listed, pathOf, State } from "./listed.tsx";
import { t } from "../../i18n/translate.ts";

interface Event {
  readonly type: string;
  readonly at: string;
}

interface Record extends Listed {
  readonly prompt: string;
  readonly seed: number;
  readonly generatedMs: number;
  readonly reasonCode: string | null;
  readonly trackId: string;
  readonly versionId: string;
  readonly events: readonly Event[];
}

const READ_EVERY_MS = 3_000;

export function Generation(props: { readonly of: string | undefined; readonly requestId: string }) {
  const path = () => `/v1/manage/generations/${encodeURIComponent(props.requestId)}`;
  const record = createReading(() => call<Record>("GET", at(path(), props.of)), { everyMs: READ_EVERY_MS });

  async function cancel() {
    await call("POST", at(`${path()}/cancel`, props.of)).catch(noticeError);
    await record.again();
  }
  async function retry() {
    const again = await call<{ requestId: string }>("POST", at(`${path()}/retry`, props.of)).catch(
      noticeError,
    );
    if (!again) return;
    notice(t("The generation was requested again, as a new version of the track."));
    go(...pathOf(props.of), again.requestId);
  }

  return (
    <section aria-labelledby="generation">
      <p>
        <a class="link" href={hrefOf(...pathOf(props.of))}>
          {t("All generations")}
        </a>
      </p>
      <Loaded of={record}>
        {(found) => (
          <>
            <h2 id="generation">
              <bdi>{found().title}</bdi> <State of={found().state} />
            </h2>
            <Show when={found().reason}>
              <p class="refusal">
                <bdi>{reasonOf(found())}</bdi> <code>{found().reasonCode}</code>
              </p>
            </Show>
            <div class="choices">
              <Show when={found().state === "queued" || found().state === "running"}>
                <button class="chip" type="button" onClick={() => void cancel()}>
                  {t("Cancel")}
                </button>
              </Show>
              <Show when={found().state === "failed" || found().state === "cancelled"}>
                <button class="chip" type="button" onClick={() => void retry()}>
                  {t("Retry")}
                </button>
              </Show>
            </div>
            <dl class="pairs">
              <dt>{t("Prompt")}</dt>
              <dd dir="auto">{found().prompt}</dd>
              <dt>{t("User")}</dt>
              <dd>
                <code>{found().userId}</code>
              </dd>
              <dt>{t("Length")}</dt>
              <dd>
                {t("{made} of {length}", {
                  made: duration(found().generatedMs),
                  length: t("{n} s", { n: found().durationSeconds }),
                })}
              </dd>
              <dt>{t("Generator")}</dt>
              <dd>{found().madeBy ?? found().generator ?? t("none yet")}</dd>
              <dt>{t("Seed")}</dt>
              <dd>{found().seed}</dd>
              <dt>{t("Requested")}</dt>
              <dd>{time(found().createdAt)}</dd>
              <dt>{t("Begun")}</dt>
              <dd>{time(found().startedAt) || t("not yet")}</dd>
              <dt>{t("Ended")}</dt>
              <dd>{time(found().finishedAt) || t("not yet")}</dd>
              <dt>{t("Request")}</dt>
              <dd>
                <code>{props.requestId}</code>
              </dd>
              <dt>{t("Version of the piece")}</dt>
              <dd>
                <code>{found().versionId}</code>
              </dd>
            </dl>
            <h3>{t("Events")}</h3>
            <Table
              caption={t("Events")}
              rows={found().events}
              empty={t("The events of this generation were deleted.")}
              columns={[
                { head: t("Event"), cell: ({ type }) => <code>{type}</code> },
                { head: t("At"), cell: (event) => <bdi class="moment">{time(event.at)}</bdi> },
                { head: t("Since the request"), cell: (event) => since(found().createdAt, event.at) },
                { head: t("Content"), cell: (event) => <code class="long">{contentOf(event)}</code> },
              ]}
            />
          </>
        )}
      </Loaded>
    </section>
  );
}

/** The reason of a failure, in the language of the console if the dictionary has the reason or its code. */
function reasonOf({ reason, reasonCode }: Record): string {
  const { message, hint } = inOwnWords(reasonCode ?? "", { message: reason ?? "" });
  return [message, hint].filter(Boolean).join(" ");
}

const since = (from: string, to: string): string => duration(Date.parse(to) - Date.parse(from));

/** The fields of an event as text, without its type and its time. */
function contentOf({ type: _, at: __, ...content }: Event): string {
  return Object.entries(content)
    .map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(" · ");
}
