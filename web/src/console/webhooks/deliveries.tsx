// Shows the deliveries of webhooks with their attempts. Dead deliveries can be replayed.
import { createSignal, For, Show } from "solid-js";
import { notice, noticeError } from "../../shell/notices.ts";
import { at, call } from "../client.ts";
import { Choice } from "../parts/form.tsx";
import { Latest } from "../parts/latest.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { number, time } from "../parts/words.ts";
import { plural, t } from "../../i18n/translate.ts";

interface Attempt {
  readonly at: string;
  readonly ms: number;
  readonly status: number | null;
  readonly reason: string | null;
}

interface Delivery {
  readonly id: string;
  readonly endpointId: string;
  readonly type: string;
  readonly state: string;
  readonly tries: readonly Attempt[];
  readonly nextAttemptAt: string | null;
  readonly createdAt: string;
}

const states = () =>
  [
    ["", t("all")],
    ["pending", t("waiting")],
    ["delivered", t("delivered")],
    ["dead", t("dead")],
  ] as const;
/** The maximum number of deliveries in the list. */
const LIMIT = 50;
const stateOf = (state: string): string => states().find(([name]) => name === state)?.[1] ?? state;

export function Deliveries(props: {
  /** The slug of the business; undefined if the key belongs to a business. */
  readonly of: string | undefined;
  /** If empty, the deliveries of all endpoints are shown. */
  readonly endpointId: string;
  onAll(): void;
}) {
  const [state, setState] = createSignal("");
  const found = createReading(
    () =>
      call<{ items: readonly Delivery[] }>(
        "GET",
        at("/v1/webhooks/deliveries", props.of, {
          ...{ state: state(), endpointId: props.endpointId },
          limit: `${LIMIT}`,
        }),
      ),
    { when: () => [state(), props.endpointId], everyMs: 5_000 },
  );
  async function replay({ id }: Delivery) {
    await call("POST", at(`/v1/webhooks/deliveries/${id}/replay`, props.of)).catch(noticeError);
    await found.again();
  }
  async function replayAll() {
    const path = at(`/v1/webhooks/${props.endpointId}/replay`, props.of);
    const answer = await call<{ replayed: number }>("POST", path).catch(noticeError);
    if (answer)
      notice(plural(answer.replayed, "1 delivery is sent again.", "{n} deliveries are sent again."));
    await found.again();
  }
  return (
    <>
      <h3>{t("Deliveries")}</h3>
      <div class="row-form">
        <Choice label={t("State")} name="state" of={states()} onChoose={setState} />
        <Show when={props.endpointId}>
          <button class="chip" type="button" onClick={() => void replayAll()}>
            {t("Replay all dead ones")}
          </button>
          <button class="link" type="button" onClick={() => props.onAll()}>
            {t("Show all endpoints")}
          </button>
        </Show>
      </div>
      <Loaded of={found}>
        {(page) => (
          <>
            <Table
              caption={t("Deliveries")}
              rows={page().items}
              empty={t("No delivery has this state.")}
              columns={[
                { head: t("Event"), cell: ({ type }) => <code>{type}</code> },
                { head: t("State"), cell: (one) => <span data-state={one.state}>{stateOf(one.state)}</span> },
                { head: t("Created"), cell: ({ createdAt }) => time(createdAt) },
                { head: t("Attempts"), cell: (one) => <Attempts of={one} /> },
                { head: t("Next attempt"), cell: ({ nextAttemptAt }) => time(nextAttemptAt) },
                {
                  head: t("Actions"),
                  cell: (one) => (
                    <Show when={one.state === "dead"}>
                      <button class="link" type="button" onClick={() => void replay(one)}>
                        {t("Replay")}
                      </button>
                    </Show>
                  ),
                },
              ]}
            />
            <Latest items={page().items} limit={LIMIT} />
          </>
        )}
      </Loaded>
    </>
  );
}

const Attempts = (props: { readonly of: Delivery }) => (
  <Show when={props.of.tries.length} fallback={t("none yet")}>
    <details>
      <summary>{number(props.of.tries.length)}</summary>
      <ul class="plain-list">
        <For each={props.of.tries}>
          {(one) => (
            <li>
              {time(one.at)}
              {t(", ")}
              {t("{n} ms", { n: one.ms })}:{" "}
              <bdi>{[one.status, one.reason].filter((part) => part !== null).join(", ")}</bdi>
            </li>
          )}
        </For>
      </ul>
    </details>
  </Show>
);
