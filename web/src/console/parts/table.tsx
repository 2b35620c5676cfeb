// Shows rows as a table with named columns. The first column names the row.
import { For, type JSX, Show } from "solid-js";
import { t } from "../../i18n/translate.ts";

interface Column<Row> {
  readonly head: string;
  cell(row: Row): JSX.Element;
  readonly isNumber?: boolean;
}

interface TableProps<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  /** The sentence that is shown instead of the table when there are no rows. */
  readonly empty: string;
  /** The name of the table for screen readers. The page does not show it. */
  readonly caption: string;
}

export function Table<Row>(props: TableProps<Row>) {
  return (
    <Show when={props.rows.length} fallback={<p class="empty">{props.empty}</p>}>
      <div class="table-box" tabindex="0">
        <table aria-label={props.caption}>
          <thead>
            <tr>
              <For each={props.columns}>
                {(column) => (
                  <th scope="col" classList={{ number: column.isNumber === true }}>
                    {column.head}
                  </th>
                )}
              </For>
            </tr>
          </thead>
          <tbody>
            <For each={props.rows}>
              {(row) => (
                <tr>
                  <For each={props.columns}>
                    {(column, index) =>
                      index() === 0 ? (
                        <th scope="row">{bounded(column.cell(row))}</th>
                      ) : (
                        <td classList={{ number: column.isNumber === true }}>{bounded(column.cell(row))}</td>
                      )
                    }
                  </For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </Show>
  );
}

/**
 * Isolates a text from the text around it, because the two texts can have different writing directions.
 * Returns other content unchanged.
 */
const bounded = (content: JSX.Element): JSX.Element =>
  typeof content === "string" && content !== "" ? <bdi>{content}</bdi> : content;

/** Shows rows with any fields as a table. The columns are the fields of the first row. */
export function Rows(props: { readonly rows: readonly Readonly<Record<string, unknown>>[] }) {
  const columns = () =>
    Object.keys(props.rows[0] ?? {}).map((head) => ({
      head,
      cell: (row: Readonly<Record<string, unknown>>) => textOf(row[head]),
    }));
  return (
    <Table
      rows={props.rows}
      columns={columns()}
      caption={t("The rows of the answer")}
      empty={t("No rows.")}
    />
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
