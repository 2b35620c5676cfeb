// Shows the move of a business to another engine, and the progress of the move. Lets the operator begin a move, and
// cancel an interrupted move. After a move, the operator can return to the former database, or delete it.
import { Show } from "solid-js";
import { noticeError } from "../../shell/notices.ts";
import { call } from "../client.ts";
import { confirmByName } from "../parts/confirm.tsx";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { duration, number, time } from "../parts/words.ts";
import type { OfBusiness } from "./business.ts";
import { plural, t } from "../../i18n/translate.ts";

interface MoveState {
  readonly progress: Progress | null;
  readonly record: {
    readonly step: string;
    readonly engine: string;
    readonly copiedTables: number;
    readonly since: string;
  } | null;
}

interface Progress {
  readonly action: string;
  readonly state: string;
  readonly step: string | null;
  readonly rows: {
    readonly table: string;
    readonly rows: number;
    readonly rowsTotal: number;
    readonly rowsPerSecond: number;
    readonly secondsLeft: number;
  } | null;
  readonly report: {
    readonly rows: number;
    readonly tables: number;
    readonly pauseMs: number;
    readonly totalMs: number;
  } | null;
  readonly tables:
    | readonly {
        readonly table: string;
        readonly rows: number;
        readonly columns: readonly { readonly name: string; readonly from: string; readonly to: string }[];
      }[]
    | null;
  readonly fault: { readonly message: string; readonly hint: string | null } | null;
}

const READ_EVERY_MS = 1_000;
const stepWords = (): Readonly<Record<string, string>> => ({
  prepare: t("The new database is being prepared."),
  copy: t("The tables are being copied."),
  index: t("The indexes are being built."),
  wait: t(
    "All processes are being notified, and the changes that were made during the copy are being applied.",
  ),
  pause: t("Writes are paused."),
  switch: t("The business uses the new database."),
  check: t("The foreign keys are being checked."),
});
const actionWords = (): Readonly<Record<string, string>> => ({
  dryRun: t("Dry run"),
  move: t("Move"),
  back: t("Return to the former database"),
  finish: t("Deletion of the former database"),
  cancel: t("Cancellation of the move"),
});
const stateWords = (): Readonly<Record<string, string>> => ({
  running: t("running"),
  done: t("done"),
  failed: t("failed"),
});

export function Promotion(props: OfBusiness) {
  const path = () => `/v1/businesses/${props.of}/promotion`;
  const state = createReading(() => call<MoveState>("GET", path()), { everyMs: READ_EVERY_MS });
  const isRunning = () => state.value()?.progress?.state === "running";
  const hasMoved = () => state.value()?.record?.step === "switched";

  async function begin(body: object) {
    await call("POST", path(), body);
    await state.again();
  }
  const send = ({ action, to = "", admin = "" }: Values) =>
    begin({ action, ...(to ? { to } : {}), ...(admin ? { admin } : {}) });
  const ask = (action: "back" | "finish" | "cancel", title: string, text: string, does: string) =>
    confirmByName({ title, text, name: props.of, does, act: () => begin({ action }) });

  return (
    <section aria-labelledby="promotion">
      <h3 id="promotion">{t("Move to another engine")}</h3>
      <p class="empty">
        {t(
          "The business is on {engine}. It stays in use while it moves; writes are paused for less than a second at the end. Every table is compared before the switch.",
          { engine: props.business.engine },
        )}
      </p>
      <Loaded of={state}>
        {(found) => (
          <>
            <Show when={found().progress}>{(progress) => <ProgressOf of={progress()} />}</Show>
            <Show when={found().record}>
              {(record) => (
                <p>
                  {record().step === "switched"
                    ? t("The former database on {engine} has been kept since {time}.", {
                        engine: record().engine,
                        time: time(record().since),
                      })
                    : plural(
                        record().copiedTables,
                        "A move began at {time}; 1 table is copied.",
                        "A move began at {time}; {n} tables are copied.",
                        { time: time(record().since) },
                      )}
                </p>
              )}
            </Show>
          </>
        )}
      </Loaded>
      <Show when={!isRunning() && !hasMoved()}>
        <Form does={t("Begin")} keeps send={send}>
          <Choice
            label={t("What")}
            name="action"
            of={[
              ["dryRun", t("dry run: change nothing")],
              ["move", t("move")],
            ]}
          />
          <Field
            label={t("New database")}
            name="to"
            required
            placeholder="postgres://admin@host/database"
            hint={t("postgres:…, neon:<project-id> or sqlite:")}
          />
          <Field
            label={t("Administrator of the present server (optional)")}
            name="admin"
            placeholder="postgres://admin@host/database"
          />
        </Form>
      </Show>
      <div class="choices">
        <Show when={!isRunning() && hasMoved()}>
          <button
            class="chip"
            type="button"
            onClick={() =>
              ask(
                "back",
                t("Return to the former database?"),
                t("Everything that was written since the move is copied to the former database."),
                t("Return"),
              )
            }
          >
            {t("Return to the former database…")}
          </button>
          <button
            class="fatal"
            type="button"
            onClick={() =>
              ask(
                "finish",
                t("Delete the former database?"),
                t("Afterwards there is no way back."),
                t("Delete the former database"),
              )
            }
          >
            {t("Delete the former database…")}
          </button>
        </Show>
        <Show when={!isRunning() && state.value()?.record && !hasMoved()}>
          <button
            class="chip"
            type="button"
            onClick={() =>
              ask(
                "cancel",
                t("Cancel the interrupted move?"),
                t(
                  "Everything that the move has created is removed. The business stays on its present database.",
                ),
                t("Cancel the move"),
              )
            }
          >
            {t("Cancel the move…")}
          </button>
        </Show>
        <Show when={state.value()?.progress?.state === "done"}>
          <button class="link" type="button" onClick={() => void props.onChange().catch(noticeError)}>
            {t("Read the business again")}
          </button>
        </Show>
      </div>
    </section>
  );
}

const ProgressOf = (props: { readonly of: Progress }) => (
  <div class="report" role="status">
    <h4>
      {actionWords()[props.of.action]}: {stateWords()[props.of.state] ?? props.of.state}
    </h4>
    <Show when={props.of.state === "running"}>
      <p>{stepWords()[props.of.step ?? "prepare"]}</p>
      <Show when={props.of.rows}>
        {(rows) => (
          <>
            <progress aria-label={t("Copied rows")} value={rows().rows} max={Math.max(1, rows().rowsTotal)} />
            <p>
              <code>{rows().table}</code>:{" "}
              {t("{rows} of {all} rows, {speed} rows/s, {seconds} s left", {
                rows: rows().rows,
                all: rows().rowsTotal,
                speed: Math.round(rows().rowsPerSecond),
                seconds: Math.round(rows().secondsLeft),
              })}
            </p>
          </>
        )}
      </Show>
    </Show>
    <Show when={props.of.report}>
      {(report) => (
        <p>
          {t("{tables} and {rows} in {duration}. Writes were paused for {pause}.", {
            tables: plural(report().tables, "1 table", "{n} tables"),
            rows: plural(report().rows, "1 row", "{n} rows"),
            duration: duration(report().totalMs),
            pause: duration(report().pauseMs),
          })}
        </p>
      )}
    </Show>
    <Show when={props.of.fault}>
      {(fault) => (
        <p class="refusal" dir="auto">
          {fault().message} {fault().hint}
        </p>
      )}
    </Show>
    <Show when={props.of.tables}>
      {(tables) => (
        <Table
          caption={t("The result of the dry run")}
          rows={tables()}
          empty={t("There are no tables.")}
          columns={[
            { head: t("Table"), cell: ({ table }) => <code>{table}</code> },
            { head: t("Rows"), cell: ({ rows }) => number(rows), isNumber: true },
            {
              head: t("Types that change"),
              cell: ({ columns }) => (
                <code>
                  {columns
                    .filter(({ from, to }) => from !== to)
                    .map(({ name, from, to }) => `${name}: ${from} → ${to}`)
                    .join(", ")}
                </code>
              ),
            },
          ]}
        />
      )}
    </Show>
  </div>
);
