// Shows what a new version of an app would change, with the SQL of the changes.
import { For, Show } from "solid-js";
import { plural, t } from "../../i18n/translate.ts";

export interface ReportOfChange {
  readonly version: number;
  readonly isNew: boolean;
  readonly tables: number;
  readonly querySpecs: number;
  readonly changes: readonly string[];
  readonly losses: readonly string[];
  readonly sql: { readonly sqlite: readonly string[]; readonly postgres: readonly string[] };
}

interface ReportProps {
  readonly of: ReportOfChange;
  onApply(): void;
  onCancel(): void;
}

export function Report(props: ReportProps) {
  return (
    <section class="report" aria-label={t("What would change")} role="status">
      <h4>
        {props.of.isNew
          ? t("Version {version}: {tables}, {queries}", {
              version: props.of.version,
              tables: plural(props.of.tables, "1 table", "{n} tables"),
              queries: plural(props.of.querySpecs, "1 query", "{n} queries"),
            })
          : t("The business has this version already")}
      </h4>
      <ul>
        <For each={props.of.changes} fallback={<li>{t("No table changes.")}</li>}>
          {(change) => <li dir="auto">{change}</li>}
        </For>
        <For each={props.of.losses}>
          {(loss) => (
            <li class="bad" dir="auto">
              {loss}
            </li>
          )}
        </For>
      </ul>
      <Sql engine="SQLite" of={props.of.sql.sqlite} />
      <Sql engine="Postgres" of={props.of.sql.postgres} />
      <div class="choices">
        <Show when={props.of.isNew}>
          <button
            classList={{ solid: props.of.losses.length === 0, fatal: props.of.losses.length > 0 }}
            type="button"
            onClick={() => props.onApply()}
          >
            {props.of.losses.length > 0 ? t("Apply with the loss…") : t("Apply")}
          </button>
        </Show>
        <button class="link" type="button" onClick={() => props.onCancel()}>
          {props.of.isNew ? t("Don’t apply") : t("Close")}
        </button>
      </div>
    </section>
  );
}

const Sql = (props: { readonly engine: string; readonly of: readonly string[] }) => (
  <Show when={props.of.length}>
    <details>
      <summary>{t("SQL on {engine}", { engine: props.engine })}</summary>
      <pre tabindex="0">{props.of.map((statement) => `${statement};`).join("\n")}</pre>
    </details>
  </Show>
);
