// Shows the move of a business to another engine with its progress, and begins, returns, finishes and cancels it.
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
const stepWords: Readonly<Record<string, string>> = {
  prepare: "The new database is being prepared.",
  copy: "The tables are being copied.",
  index: "The indexes are being built.",
  wait: "All processes are being notified, and changes are applied.",
  pause: "Writes are paused.",
  switch: "The business uses the new database.",
  check: "The foreign keys are being checked.",
};
const actionWords: Readonly<Record<string, string>> = {
  dryRun: "Dry run",
  move: "Move",
  back: "Return to the former database",
  finish: "Deletion of the former database",
  cancel: "Cancellation of the move",
};

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
      <h3 id="promotion">Move to another engine</h3>
      <p class="empty">
        The business is on {props.business.engine}. It stays in use while it moves; writes are paused for less
        than a second at the end. Every table is compared before the switch.
      </p>
      <Loaded of={state}>
        {(found) => (
          <>
            <Show when={found().progress}>{(progress) => <ProgressOf of={progress()} />}</Show>
            <Show when={found().record}>
              {(record) => (
                <p>
                  {record().step === "switched"
                    ? `The former database on ${record().engine} is kept since ${time(record().since)}.`
                    : `A move has begun at ${time(record().since)}; ${number(record().copiedTables)} tables are copied.`}
                </p>
              )}
            </Show>
          </>
        )}
      </Loaded>
      <Show when={!isRunning() && !hasMoved()}>
        <Form does="Begin" keeps send={send}>
          <Choice
            label="What"
            name="action"
            of={[
              ["dryRun", "dry run: change nothing"],
              ["move", "move"],
            ]}
          />
          <Field
            label="New database"
            name="to"
            required
            placeholder="postgres://admin@host/database"
            hint="postgres:…, neon:<project-id> or sqlite:"
          />
          <Field
            label="Administrator of the present server (optional)"
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
                "Return to the former database?",
                "Everything that was written since the move comes along.",
                "Return",
              )
            }
          >
            Return to the former database…
          </button>
          <button
            class="fatal"
            type="button"
            onClick={() =>
              ask(
                "finish",
                "Delete the former database?",
                "Afterwards there is no way back.",
                "Delete the former database",
              )
            }
          >
            Delete the former database…
          </button>
        </Show>
        <Show when={!isRunning() && state.value()?.record && !hasMoved()}>
          <button
            class="chip"
            type="button"
            onClick={() =>
              ask(
                "cancel",
                "Cancel the interrupted move?",
                "Its traces are removed. The business stays on its present database.",
                "Cancel the move",
              )
            }
          >
            Cancel the move…
          </button>
        </Show>
        <Show when={state.value()?.progress?.state === "done"}>
          <button class="link" type="button" onClick={() => void props.onChange().catch(noticeError)}>
            Read the business again
          </button>
        </Show>
      </div>
    </section>
  );
}

const ProgressOf = (props: { readonly of: Progress }) => (
  <div class="report" role="status">
    <h4>
      {actionWords[props.of.action]}: {props.of.state}
    </h4>
    <Show when={props.of.state === "running"}>
      <p>{stepWords[props.of.step ?? "prepare"]}</p>
      <Show when={props.of.rows}>
        {(rows) => (
          <>
            <progress aria-label="Copied rows" value={rows().rows} max={Math.max(1, rows().rowsTotal)} />
            <p>
              {rows().table}: {number(rows().rows)} of {number(rows().rowsTotal)} rows,{" "}
              {number(rows().rowsPerSecond)} rows/s, {number(rows().secondsLeft)} s left
            </p>
          </>
        )}
      </Show>
    </Show>
    <Show when={props.of.report}>
      {(report) => (
        <p>
          {number(report().tables)} tables and {number(report().rows)} rows in {duration(report().totalMs)}.
          Writes were paused for {duration(report().pauseMs)}.
        </p>
      )}
    </Show>
    <Show when={props.of.fault}>
      {(fault) => (
        <p class="refusal">
          {fault().message} {fault().hint}
        </p>
      )}
    </Show>
    <Show when={props.of.tables}>
      {(tables) => (
        <Table
          caption="The result of the dry run"
          rows={tables()}
          empty="There are no tables."
          columns={[
            { head: "Table", cell: ({ table }) => table },
            { head: "Rows", cell: ({ rows }) => number(rows), isNumber: true },
            {
              head: "Types that change",
              cell: ({ columns }) =>
                columns
                  .filter(({ from, to }) => from !== to)
                  .map(({ name, from, to }) => `${name}: ${from} → ${to}`)
                  .join(", "),
            },
          ]}
        />
      )}
    </Show>
  </div>
);
