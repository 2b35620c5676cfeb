// Shows the app of a business with its tables and versions. Before a new version is applied, or an old version is
// applied again, a dry run reports what would change.
import { createSignal, For, Show } from "solid-js";
import { notice, noticeError } from "../../shell/notices.ts";
import { call } from "../client.ts";
import { confirmByName } from "../parts/confirm.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { json, time } from "../parts/words.ts";
import type { OfBusiness } from "./business.ts";
import { Report, type ReportOfChange } from "./app-report.tsx";
import { plural, t } from "../../i18n/translate.ts";

interface App {
  readonly version: number;
  readonly app: {
    readonly tables?: Readonly<
      Record<string, { readonly owner?: string; readonly columns?: Readonly<Record<string, unknown>> }>
    >;
    readonly querySpecs?: Readonly<Record<string, unknown>>;
  } | null;
  readonly versions: readonly Version[];
}

interface Version {
  readonly number: number;
  readonly appliedAt: string;
  readonly appliedBy: string;
}

export default function AppView(props: OfBusiness) {
  const path = () => `/v1/businesses/${props.of}/app`;
  const app = createReading(() => call<App>("GET", path()));
  const [report, setReport] = createSignal<ReportOfChange>();
  /** The change of the last dry run. `apply` makes this change. */
  const [tried, setTried] =
    createSignal<(isDryRun: boolean, allowLoss: boolean) => Promise<ReportOfChange>>();

  async function attempt(change: (isDryRun: boolean, allowLoss: boolean) => Promise<ReportOfChange>) {
    setTried(() => change);
    setReport(undefined);
    // The dry run allows a loss, so that the report names the loss and the person can decide.
    const found = await change(true, true).catch(noticeError);
    if (found && tried() === change) setReport(found);
  }
  async function chooseFile(file: File | undefined) {
    if (file === undefined) return;
    const bundle = await file
      .text()
      .then(JSON.parse)
      .catch(() => undefined);
    if (bundle === undefined) return notice(t("{file} is not JSON.", { file: file.name }));
    await attempt((isDryRun, allowLoss) =>
      call("PUT", `${path()}?dryRun=${isDryRun}&allowLoss=${allowLoss}`, bundle),
    );
  }
  const rollBack = ({ number: to }: Version) =>
    attempt((dryRun, allowLoss) => call("POST", `${path()}/rollback`, { to, dryRun, allowLoss }));
  async function apply(allowLoss: boolean) {
    const done = await tried()!(false, allowLoss);
    setReport(undefined);
    notice(t("Version {n} is in use.", { n: done.version }));
    await app.again();
  }
  const applyWithLoss = () =>
    confirmByName({
      title: t("Apply this, although data is deleted?"),
      text: t("The content of the dropped tables and columns is lost. Nothing can undo this."),
      name: props.of,
      does: t("Apply and delete"),
      act: () => apply(true),
    });

  return (
    <>
      <h3>{t("Tables and app")}</h3>
      <div class="row-form">
        <label>
          <span class="differ">{t("A bundle as a JSON file")}</span>
          <input
            type="file"
            accept="application/json,.json"
            onChange={(event) => {
              void chooseFile(event.currentTarget.files?.[0]);
              event.currentTarget.value = "";
            }}
          />
        </label>
      </div>
      <Show when={report()}>
        {(found) => (
          <Report
            of={found()}
            onApply={() =>
              found().losses.length > 0 ? applyWithLoss() : void apply(false).catch(noticeError)
            }
            onCancel={() => setReport(undefined)}
          />
        )}
      </Show>
      <Loaded of={app}>
        {(found) => (
          <>
            <For each={Object.entries(found().app?.tables ?? {})}>
              {([name, { owner, columns = {} }]) => (
                <details class="query">
                  <summary>
                    <code>{name}</code> {plural(Object.keys(columns).length, "1 column", "{n} columns")}
                    {owner ? t(", each row belongs to {owner}", { owner }) : ""}
                  </summary>
                  <pre tabindex="0">{json(columns)}</pre>
                </details>
              )}
            </For>
            <Table
              caption={t("Versions")}
              rows={found().versions}
              empty={t(
                "The business has no app. A bundle contains the tables, the queries and the theme of an app.",
              )}
              columns={[
                {
                  head: t("Version"),
                  cell: (one) =>
                    one.number === found().version
                      ? t("{n} (in use)", { n: one.number })
                      : String(one.number),
                },
                { head: t("Applied"), cell: ({ appliedAt }) => time(appliedAt) },
                { head: t("By"), cell: ({ appliedBy }) => <code>{appliedBy}</code> },
                {
                  head: t("Actions"),
                  cell: (one) => (
                    <Show when={one.number !== found().version}>
                      <button class="link" type="button" onClick={() => void rollBack(one)}>
                        {t("Return to this version")}
                      </button>
                    </Show>
                  ),
                },
              ]}
            />
          </>
        )}
      </Loaded>
    </>
  );
}
