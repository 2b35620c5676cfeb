// Shows what a business used on each day, in total or by user.
import { createSignal } from "solid-js";
import { at, call } from "../client.ts";
import { Choice, Field, Form, type Values } from "../parts/form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { createReading } from "../parts/reading.ts";
import { Table } from "../parts/table.tsx";
import { bytes, number, utcDay } from "../parts/words.ts";
import { t } from "../../i18n/translate.ts";

interface Used {
  readonly day: string;
  readonly userId: string | null;
  readonly generations: number;
  readonly seconds: number;
  readonly storedBytes: number;
  readonly servedBytes: number;
  readonly queries: number;
}

export default function Usage(props: { readonly of?: string }) {
  const [search, setSearch] = createSignal<Values>({});
  const found = createReading(
    () =>
      call<{ items: readonly Used[]; from: string; to: string }>("GET", at("/v1/usage", props.of, search())),
    { when: search },
  );
  return (
    <section aria-labelledby="usage">
      <h2 id="usage">{t("Usage")}</h2>
      <Form does={t("Show")} keeps send={async (values) => void setSearch(values)}>
        <Field label={t("First day")} name="from" type="date" />
        <Field label={t("Last day")} name="to" type="date" />
        <Choice
          label={t("Rows")}
          name="by"
          of={[
            ["day", t("by day")],
            ["user", t("by user and day")],
          ]}
        />
        <Field label={t("User")} name="userId" />
      </Form>
      <Loaded of={found}>
        {(usage) => (
          <Table
            caption={t("Usage from {from} to {to}", period(usage()))}
            rows={usage().items}
            empty={t("Nothing was used from {from} to {to}.", period(usage()))}
            columns={[
              { head: t("Day (UTC)"), cell: ({ day }) => utcDay(day) },
              { head: t("User"), cell: ({ userId }) => (userId === null ? t("all") : <code>{userId}</code>) },
              { head: t("Pieces"), cell: ({ generations }) => number(generations), isNumber: true },
              { head: t("Seconds of music"), cell: ({ seconds }) => number(seconds), isNumber: true },
              { head: t("Stored"), cell: ({ storedBytes }) => bytes(storedBytes), isNumber: true },
              { head: t("Sent"), cell: ({ servedBytes }) => bytes(servedBytes), isNumber: true },
              { head: t("Queries"), cell: ({ queries }) => number(queries), isNumber: true },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

const period = ({ from, to }: { readonly from: string; readonly to: string }) => ({
  from: utcDay(from),
  to: utcDay(to),
});
